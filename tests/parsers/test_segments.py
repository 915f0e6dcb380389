"""The parts an SMS is billed as, counted by a program that other people wrote."""

import random

import pytest
import smsutil

ASCII = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJ 0123456789 .,:;!?-_/()'\"&@$%#*+=<>"
GSM = "äöüÄÖÜßñÑéèùìòàÇØøÅåÆæÉ¿¡§£¥¤ΔΦΓΛΩΠΨΣΘΞ\n"
EXTENDED = "^{}\\[~]|€"
TYPED = "“”‘’„–—…\u00a0\u202f«»"
ACCENTS = "áíóúÁÍÓÚâêîôûçëïãõłşğ"
OTHERS = "жщыЖ漢字カナ한글العربية"
ASTRAL = "👍🪟🎉𝔘👩‍🔧🇩🇪"
EDGES = [1, 2, 10, 66, 67, 68, 69, 70, 71, 100, 133, 134, 135, 152, 153, 154, 159, 160, 161,
         200, 201, 202, 268, 305, 306, 307, 335, 336, 400, 458, 459, 460]
LONGEST = 900  # bytes: with the link SNS takes it in one SMS, and it has ten parts at most


def texts(seed, count):
    """Texts of every alphabet, about as long as where a part ends."""
    chance = random.Random(seed)
    mixtures = [
        ASCII, ASCII + GSM, ASCII * 2 + EXTENDED, EXTENDED, ASCII * 5 + TYPED, ASCII * 8 + ACCENTS,
        ASCII + OTHERS, OTHERS, ASCII + ASTRAL, ASTRAL, ASCII * 9 + ASTRAL + EXTENDED,
        ASCII * 4 + GSM + TYPED + ACCENTS,
    ]
    for number in range(count):
        letters = mixtures[number % len(mixtures)]
        wanted = max(1, chance.choice(EDGES) + chance.randint(-25, 3))
        text = "".join(chance.choice(letters) for _ in range(wanted))
        text = text.encode()[:LONGEST].decode(errors="ignore")
        # No text of the template language, and no request to answer with a word.
        for sign in "{{", "{%", "{#", "}}", "%}", "#}":
            while sign in text:
                text = text.replace(sign, sign[0] if sign[0] in "{}" else sign[1])
        yield "x" + text


def shown(usher, text):
    config = {"id": "c", "type": "confirmation", "sms_text": text, "channel_mode": "sms",
              "buttons": {"view_details": False, "add_to_calendar": False}}
    return usher.json("POST", "/v1/templates/any/preview", {
        "type": "confirmation", "template": {"name": "T", "configs": [config]}})


@pytest.fixture(params=[True, False], ids=["transliterated", "as it stands"])
def transliterated(usher, request):
    before = usher.json("GET", "/v1/settings")
    usher.json("PUT", "/v1/settings", {
        **before, "sms_transliterate": request.param, "sms_max_segments": 10})
    yield request.param
    usher.json("PUT", "/v1/settings", before)


def test_a_thousand_texts_are_counted_alike(usher, transliterated):
    seen = set()
    for text in texts(seed=5 + transliterated, count=500):
        preview = shown(usher, text)
        counted = smsutil.split(preview["sms"])
        assert preview["segments"] == len(counted.parts), preview["sms"]
        assert preview["sms"].endswith(".") and "token=" in preview["sms"]
        seen.add((counted.encoding, len(counted.parts)))
    # The texts are of any use only if they reach both alphabets and many lengths.
    assert {encoding for encoding, _ in seen} == {"gsm0338", "utf_16_be"}
    assert len(seen) >= 10


def test_only_what_saves_parts_is_written_otherwise(usher, transliterated):
    for text, plain in [("“Größe” – über", '"Größe" - über'), ("mañana está aquí", "mañana esta aqui"),
                        ("Łódź", "Łódź"), ("é 👍 á", "é 👍 á")]:
        expected = plain if transliterated else text
        assert shown(usher, text)["sms"].startswith(expected + "\n")
