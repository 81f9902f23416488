"""The studio: an editor that runs on the device, with no model service and no connection.

It receives a payload as any service does, and gives the masked picture back with another backdrop,
another grade, drawn, or framed as a headshot. What is under the mask comes back exactly as it was sent.
"""

from privateedit.providers.studio.editor import StudioEditor
from privateedit.providers.studio.presets import PRESETS, Preset, preset_names
from privateedit.providers.studio.understand import Plan, understand

__all__ = ["PRESETS", "Plan", "Preset", "StudioEditor", "preset_names", "understand"]
