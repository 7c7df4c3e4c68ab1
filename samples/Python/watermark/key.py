"""Keys and sessions."""

from ctypes import POINTER, byref, c_float, c_int32, cast, create_string_buffer

import numpy as np

from .native import Detection, WatermarkError, check, lib, new_handle

__all__ = ["Detection", "Key", "Session", "WatermarkError"]


def as_ids(ids):
    """Token ids (list, numpy or torch) as a contiguous array of int32."""
    if hasattr(ids, "detach"):
        ids = ids.detach().cpu().numpy()
    array = np.asarray(ids)
    if array.size == 0:
        return np.zeros(0, np.int32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"Token ids are one row of integers, not {array.dtype} of shape {array.shape}.")
    if array.min() < 0 or array.max() > 2**31 - 1:
        raise ValueError("Token ids are 0 or greater and below 2^31.")
    return np.ascontiguousarray(array, dtype=np.int32)


def _ints(array):
    return array.ctypes.data_as(POINTER(c_int32))


def _text(text):
    if text is None:
        return None
    encoded = text.encode("utf-8")
    if b"\0" in encoded:
        raise ValueError("An account or epoch holds no zero character.")
    return encoded


def _floats(values):
    """The address of a row of float32 that the library changes in place, and its length; None for other rows."""
    if hasattr(values, "data_ptr"):
        usable = str(values.dtype) == "torch.float32" and values.device.type == "cpu" and values.dim() == 1 and values.is_contiguous()
        return (cast(values.data_ptr(), POINTER(c_float)), values.numel()) if usable else None
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype == np.float32 and values.flags.c_contiguous and values.flags.writeable:
        return values.ctypes.data_as(POINTER(c_float)), values.size
    return None


class Key:
    """A key file. `with Key("owner.wmkey") as key:` erases the secret at the end."""

    def __init__(self, path, passphrase=None):
        secret = None if passphrase is None else passphrase.encode("utf-8")
        self._handle = new_handle(lib.wm_key_open, str(path).encode("utf-8"), secret, len(secret or b""))

    @property
    def id(self):
        buffer = create_string_buffer(check(lib.wm_key_id(self._handle, None, 0)) + 1)
        check(lib.wm_key_id(self._handle, buffer, len(buffer)))
        return buffer.value.decode("ascii")

    @property
    def place(self):
        """Where the scheme marks: "logits", "probabilities" or "draw"."""
        return ("logits", "probabilities", "draw")[check(lib.wm_key_place(self._handle))]

    def session(self, prompt=(), account=None, epoch=None):
        """A session for one reply, primed with the ids before it."""
        return Session._of(self, prompt, account, epoch)

    def detect(self, ids, prompt=(), account=None, epoch=None):
        """Tests a text; prompt is what stood before it."""
        ids, prompt, result = as_ids(ids), as_ids(prompt), Detection()
        check(lib.wm_detect(self._handle, _text(account), _text(epoch), _ints(ids), ids.size, _ints(prompt), prompt.size, byref(result)))
        return result

    def close(self):
        lib.wm_key_free(self._handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Session:
    """One reply under a mark; made by Key.session. It is freed with its last reference."""

    def __init__(self, key, handle):
        self._key, self._handle = key, handle

    @classmethod
    def _of(cls, key, prompt, account, epoch):
        prompt = as_ids(prompt)
        return cls(key, new_handle(lib.wm_session_new, key._handle, _text(account), _text(epoch), _ints(prompt), prompt.size))

    def __len__(self):
        return check(lib.wm_session_length(self._handle))

    def apply(self, logits):
        """Biases a row of logits in place and says whether the position is marked.

        A contiguous float32 row (numpy, or torch on the CPU) is changed without a copy; other floats are converted,
        biased as float32 and written back."""
        row = _floats(logits)
        if row is not None:
            return check(lib.wm_session_apply(self._handle, *row)) == 1
        if hasattr(logits, "detach"):
            copy = logits.detach().float().cpu().contiguous()
            marked = self._apply_copy(copy.clone() if copy.data_ptr() == logits.data_ptr() else copy, logits.copy_)
        elif isinstance(logits, np.ndarray) and logits.dtype.kind == "f" and logits.flags.writeable:
            marked = self._apply_copy(np.array(logits, dtype=np.float32, order="C"), lambda row: np.copyto(logits, row, casting="same_kind"))
        else:
            raise TypeError("Logits are a writable row of floats, of numpy or torch.")
        return marked

    def _apply_copy(self, copy, write_back):
        row = _floats(copy)
        if row is None:
            raise ValueError("Logits are one row.")
        marked = check(lib.wm_session_apply(self._handle, *row)) == 1
        if marked:
            write_back(copy)
        return marked

    def reshape(self, ids, probabilities):
        """Changes the probabilities (float32, in place) of the final candidates."""
        ids, (row, count) = self._candidates(ids, probabilities)
        return check(lib.wm_session_reshape(self._handle, _ints(ids), row, count)) == 1

    def choose(self, ids, probabilities, coin):
        """The place of the drawn candidate, or None: draw yourself. coin is fresh, 0 or more and below 1."""
        ids, (row, count) = self._candidates(ids, probabilities)
        index = c_int32()
        return index.value if check(lib.wm_session_choose(self._handle, _ints(ids), row, count, coin, byref(index))) == 1 else None

    @staticmethod
    def _candidates(ids, probabilities):
        ids, row = as_ids(ids), _floats(probabilities)
        if row is None or row[1] != ids.size:
            raise ValueError("Probabilities are a contiguous float32 row, one for each id.")
        return ids, row

    def accept(self, token):
        check(lib.wm_session_accept(self._handle, int(token)))

    def rewind(self, count):
        check(lib.wm_session_rewind(self._handle, count))

    def follow(self, ids):
        """Makes the session hold exactly these ids, which begin with its prompt."""
        ids = as_ids(ids)
        check(lib.wm_session_follow(self._handle, _ints(ids), ids.size))

    def clone(self):
        return Session(self._key, new_handle(lib.wm_session_clone, self._handle))

    def __del__(self):
        if lib is not None:
            lib.wm_session_free(self._handle)
