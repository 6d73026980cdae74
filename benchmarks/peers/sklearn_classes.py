"""scikit-learn's side of audit.py: a class for each half of a pair, by character n-grams and logistic weights.

python sklearn_classes.py FILE   the evaluated texts are one class to learn, first halves that are not timed the other
"""

import json
import sys
import time
from importlib.metadata import version

from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    warm_up, timed = data["pairs"][: data["warm_up"]], data["pairs"][data["warm_up"] :]
    positive, negative = data["texts"][: len(warm_up)], [pair["prompt"] for pair in warm_up]
    model = make_pipeline(HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5)), LogisticRegression())
    model.fit(positive + negative, [1] * len(positive) + [0] * len(negative))
    start = time.process_time()
    for half in ("prompt", "response"):
        model.predict_proba([pair[half] for pair in timed])
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "versions": {"scikit-learn": version("scikit-learn")}}))


if __name__ == "__main__":
    main()
