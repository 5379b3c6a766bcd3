"""How a choice is spoken on the phone. How words and numbers are read out is `kernel.spoken`."""

from aidline.flows.language import Line, Option
from aidline.flows.phrases import PHRASES


def spoken(option: Option) -> Line:
    """ "Food: press 1." A recording is played as it is: whoever made it said the key, too."""
    words = option.line.text.strip().rstrip(".!?؟。।")
    sentence = PHRASES["press"].get(option.line.language, "{key}: {words}.")
    text = sentence.format(words=words, key=option.key) if option.key else option.line.text
    return Line(text, option.line.language, option.line.recording)
