"""What the Japanese lists say of a word."""

from secondhalf.clean.personal.person.japanese_words import (
    is_addressed,
    is_full_name,
    is_given,
    is_in_office,
    is_like_a_surname,
    is_listed,
    is_surname,
)


def test_words() -> None:
    assert is_surname("佐藤")
    assert is_surname("石川")
    assert not is_surname("会議")
    assert is_like_a_surname("鳥越")
    assert not is_like_a_surname("登山")
    assert not is_like_a_surname("石川")
    assert is_given("太郎")
    assert is_given("陽美")
    assert not is_given("市")
    assert not is_given("製作")
    assert is_full_name("佐藤陽美")
    assert is_full_name("石川太郎")
    assert is_full_name("林健太")
    assert not is_full_name("石川県")
    assert not is_full_name("山口大")
    assert not is_full_name("佐藤")
    assert not is_full_name("")
    assert is_addressed("鳥越")
    assert is_addressed("鴨居")
    assert not is_addressed("患者")
    assert not is_addressed("")
    assert is_in_office("石川", "部長")
    assert not is_in_office("千葉", "市長")
    assert is_in_office("佐藤", "市長")
    assert not is_in_office("営業", "部長")
    assert not is_in_office("北", "課長")
    assert is_listed("石川")
    assert not is_listed("全員")
