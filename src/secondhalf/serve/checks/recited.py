"""Finds passages of the training pairs in an answer, word for word, however long the pairs are together.

Of every training text each block of half a span is indexed, end to end; a passage as long as a span holds at least one whole
block, wherever it begins. Around each block found the texts are compared character by character, so nothing is missed
and nothing is guessed.
"""

from collections.abc import Iterable

from secondhalf.text.language import is_spaceless

_MOST_PLACES = 20  # of one block that are compared: a formula that stands in every text would cost too much


class RecitedPassages:
    """The index. Texts are kept with blanks folded."""

    def __init__(self, texts: Iterable[str], *, span: int, span_spaceless: int) -> None:
        """`span`: shortest passage in characters; `span_spaceless`: the same for Japanese and Chinese."""
        self._texts = [text for text in map(_folded, texts) if text]
        self._spans = [span_spaceless if is_spaceless(text) else span for text in self._texts]
        self._sizes = sorted({span // 2, span_spaceless // 2})
        self._blocks: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(self._texts):
            size = self._spans[number] // 2
            for start in range(0, len(text) - size + 1, size):
                places = self._blocks.setdefault(text[start : start + size], [])
                if len(places) < _MOST_PLACES:
                    places.append((number, start))

    def longest(self, answer: str, question: str) -> str:
        """The longest passage of a training text in the answer that is as long as its span and not in the question; or "".

        Where passages overlap, it may be shorter than the longest by less than half a span.
        """
        answer, question = _folded(answer), _folded(question)
        longest = ""
        for size in self._sizes:
            start = 0
            while start <= len(answer) - size:
                end = start
                for number, place in self._blocks.get(answer[start : start + size], ()):
                    passage, reached = self._around(answer, start, number, place)
                    if len(passage) < self._spans[number]:
                        continue
                    end = max(end, reached)
                    if len(passage) > len(longest) and passage not in question:
                        longest = passage
                # What goes on behind a passage has a block there too: within it none is looked for, so that time stays linear in
                # an answer that repeats itself.
                start = max(start + 1, end - 2 * size + 1)
        return longest

    def _around(self, answer: str, start: int, number: int, place: int) -> tuple[str, int]:
        """The passage around a block that both have, and where it ends in the answer."""
        text = self._texts[number]
        before = 0
        while start > before and place > before and answer[start - before - 1] == text[place - before - 1]:
            before += 1
        end = 0
        while start + end < len(answer) and place + end < len(text) and answer[start + end] == text[place + end]:
            end += 1
        return answer[start - before : start + end], start + end


def _folded(text: str) -> str:
    return " ".join(text.split())
