"""The fictional world of the demo. `load()` reads it; nothing here touches the database."""

from aidline.simulator.content.reading import load
from aidline.simulator.content.shapes import Content

__all__ = ["Content", "load"]
