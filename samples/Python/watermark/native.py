"""The functions of watermark.h."""

import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int32, c_int64, c_uint64

ABI_VERSION = 1


class Detection(ctypes.Structure):
    """The test of a text: ln_p is the natural log of the p-value, green and trials are -1 where a scheme does not count."""

    _fields_ = [("tokens", c_int64), ("scored", c_int64), ("green", c_int64), ("trials", c_int64),
                ("gamma", c_double), ("score", c_double), ("ln_p", c_double), ("ln_e", c_double)]

    def __repr__(self):
        return f"Detection(scored={self.scored}, green={self.green}, ln_p={self.ln_p:.1f})"


class WatermarkError(Exception):
    """The library refused; status is a wm_status of watermark.h."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


_ids, _floats, _handle = POINTER(c_int32), POINTER(c_float), POINTER(c_uint64)
_FUNCTIONS = {
    "wm_abi_version": [],
    "wm_last_error": [c_char_p, c_int32],
    "wm_key_open": [c_char_p, c_char_p, c_int32, _handle],
    "wm_key_free": [c_uint64],
    "wm_key_id": [c_uint64, c_char_p, c_int32],
    "wm_key_context_width": [c_uint64],
    "wm_key_place": [c_uint64],
    "wm_detect": [c_uint64, c_char_p, c_char_p, _ids, c_int32, _ids, c_int32, POINTER(Detection)],
    "wm_session_new": [c_uint64, c_char_p, c_char_p, _ids, c_int32, _handle],
    "wm_session_clone": [c_uint64, _handle],
    "wm_session_prime": [c_uint64, _ids, c_int32],
    "wm_session_apply": [c_uint64, _floats, c_int32],
    "wm_session_apply_candidates": [c_uint64, _ids, _floats, c_int32],
    "wm_session_reshape": [c_uint64, _ids, _floats, c_int32],
    "wm_session_choose": [c_uint64, _ids, _floats, c_int32, c_double, _ids],
    "wm_session_accept": [c_uint64, c_int32],
    "wm_session_rewind": [c_uint64, c_int32],
    "wm_session_follow": [c_uint64, _ids, c_int32],
    "wm_session_length": [c_uint64],
    "wm_session_free": [c_uint64],
}


def _load():
    path = os.environ.get("WATERMARK_LIBRARY", "libwatermark.so")
    library = ctypes.CDLL(path)
    for name, arguments in _FUNCTIONS.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = None if name.endswith("_free") else c_int32
    if library.wm_abi_version() != ABI_VERSION:
        raise ImportError(f"{path} has version {library.wm_abi_version()} of the interface; this package needs {ABI_VERSION}.")
    return library


lib = _load()


def check(status):
    """Returns what a function returned, or raises its error."""
    if status >= 0:
        return status
    buffer = ctypes.create_string_buffer(lib.wm_last_error(None, 0) + 1)
    lib.wm_last_error(buffer, len(buffer))
    raise WatermarkError(status, buffer.value.decode("utf-8"))


def new_handle(function, *arguments):
    handle = c_uint64()
    check(function(*arguments, byref(handle)))
    return handle.value
