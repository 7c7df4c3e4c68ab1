"""Marks and detects model text from Python, through libwatermark. Needs numpy; torch tensors work where torch is there."""

from .key import Detection, Key, Session, WatermarkError
from .processor import LogitsProcessor

__all__ = ["Detection", "Key", "LogitsProcessor", "Session", "WatermarkError"]
