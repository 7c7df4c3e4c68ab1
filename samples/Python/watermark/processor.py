"""Logits processors in the styles of vLLM and transformers."""

import numpy as np

from .key import as_ids


class LogitsProcessor:
    """Biases logits under a key.

    transformers: `processor(input_ids, scores)` with a batch of rows, the prompts at the first call. vLLM:
    `processor(prompt_ids, past_ids, logits)` or, for one request made with its prompt, `processor(past_ids, logits)`.
    A row that was called before, or goes back and takes another way, is followed; give every call fresh logits.
    Left padding of a batch: name pad_id, so that it is no part of a prompt. One processor serves one call of generate,
    or one request; reset() makes it ready for the next."""

    def __init__(self, key, account=None, epoch=None, prompt=(), pad_id=None):
        if key.place != "logits":
            raise ValueError(f"The scheme marks at its {key.place}, not at logits: use Session.reshape or Session.choose in a loop of your own.")
        self._key, self._account, self._epoch, self._pad_id = key, account, epoch, pad_id
        self._prompt = as_ids(prompt)
        self.reset()

    def reset(self):
        """Forgets all sequences."""
        self._rows, self._requests = [], {}

    def __call__(self, *arguments):
        if len(arguments) == 3:
            prompt, past, logits = arguments
            return self._one(as_ids(prompt), as_ids(past), logits)
        ids, logits = arguments
        return self._batch(ids, logits) if getattr(logits, "ndim", 1) == 2 else self._one(self._prompt, as_ids(ids), logits)

    def _one(self, prompt, past, logits):
        name = prompt.tobytes()
        if name not in self._requests:
            self._requests = {name: self._key.session(prompt, self._account, self._epoch)}
        session = self._requests[name]
        session.follow(np.concatenate([prompt, past]))
        session.apply(logits)
        return logits

    def _batch(self, ids, logits):
        rows = [self._unpadded(as_ids(row)) for row in ids]
        if len(rows) != len(logits):
            raise ValueError(f"There are {len(logits)} rows of logits for {len(rows)} sequences.")
        if not self._rows:
            self._rows = [self._key.session(row, self._account, self._epoch) for row in rows]
        if len(rows) != len(self._rows):
            raise ValueError(f"The batch had {len(self._rows)} rows and now has {len(rows)}: call reset() between batches.")
        for session, row, values in zip(self._rows, rows, logits):
            session.follow(row)
            session.apply(values)
        return logits

    def _unpadded(self, row):
        if self._pad_id is None:
            return row
        filled = np.flatnonzero(row != self._pad_id)
        return row[filled[0]:] if filled.size else row[:0]
