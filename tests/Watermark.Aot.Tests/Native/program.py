"""Prints the bits of what the Python package marks and scores, after checks of its own. program.py GREEN_KEY GUMBEL_KEY LOCKED_KEY"""

import struct
import sys

import numpy as np
import torch

from watermark import Key, LogitsProcessor, WatermarkError

VOCABULARY, LENGTH = 301, 200


def logits_at(position):
    return (((np.arange(VOCABULARY) * 37 + position * 11) % 101) / 16).astype(np.float32)


def digest_of(data, digest=14695981039346656037):
    for byte in data:
        digest = ((digest ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return digest


def show(name, digest, found):
    ln_e = "0" * 16 if found.ln_e != found.ln_e else struct.pack(">d", found.ln_e).hex()
    print(name, f"{digest:016x}", found.scored, found.green, found.trials, struct.pack(">d", found.ln_p).hex(), ln_e)


def raises(kind, action):
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def green(path):
    with Key(path) as key:
        prompt, past, data = [1, 2], [], b""
        processors = [LogitsProcessor(key, "acme", "2026-11", prompt=prompt if i == 1 else ()) for i in range(5)]
        for position in range(LENGTH):
            row = logits_at(position)
            processors[0](prompt, past, row)
            for _ in range(2):
                again = logits_at(position)
                processors[1](past, again)
                assert row.tobytes() == again.tobytes()
            batch = np.stack([logits_at(position)] * 2)
            ids = np.array([prompt + past, prompt + past[:-1] + [7] if past else prompt])
            processors[2](ids, batch)
            assert batch[0].tobytes() == row.tobytes()
            tensor = torch.from_numpy(np.stack([logits_at(position)] * 2))
            processors[3](torch.tensor([[300] + prompt + past] * 2)[:, 1:], tensor)
            assert tensor[0].numpy().tobytes() == row.tobytes() and tensor[1].equal(tensor[0])
            half = torch.from_numpy(logits_at(position)).to(torch.bfloat16)
            wide = half.float()
            processors[4](prompt, past, half)
            key_row = key.session(prompt + past, "acme", "2026-11")
            key_row.apply(wide)
            assert half.equal(wide.to(torch.bfloat16))
            data += row.tobytes()
            past.append(int(row.argmax()))
        taken_back = logits_at(3)
        processors[0](prompt, past[:3], taken_back)
        assert taken_back.tobytes() == data[3 * 4 * VOCABULARY:4 * 4 * VOCABULARY]
        double = logits_at(3).astype(np.float64)
        processors[0](prompt, past[:3], double)
        assert np.array_equal(double, taken_back.astype(np.float64))
        padded = LogitsProcessor(key, "acme", "2026-11", pad_id=0)
        logits = np.stack([logits_at(0)] * 2)
        padded(np.array([[0, 0, 1, 2], [5, 6, 1, 2]]), logits)
        assert logits[0].tobytes() == data[:4 * VOCABULARY]
        raises(ValueError, lambda: padded(np.array([[1, 2]]), logits[:1]))
        raises(ValueError, lambda: key.session([-1]))
        raises(TypeError, lambda: key.session([1, 2]).apply([0.5]))
        session = key.session([1, 2])
        assert session.apply(logits_at(0)) and len(session) == 2
        assert raises(WatermarkError, lambda: session.apply(logits_at(0))).status == -3
        show("green", digest_of(data), key.detect(past, prompt, "acme", "2026-11"))


def gumbel(path):
    with Key(path) as key:
        raises(ValueError, lambda: LogitsProcessor(key))
        session, tokens, ids = key.session(), [], np.arange(VOCABULARY)
        for position in range(LENGTH):
            index = session.choose(ids, np.full(VOCABULARY, 1 / np.float32(VOCABULARY), np.float32), 0.5)
            tokens.append(position % VOCABULARY if index is None else index)
            session.accept(tokens[-1])
        show("gumbel", digest_of(np.array(tokens, np.int32).tobytes()), key.detect(tokens))


def locked(path):
    assert raises(WatermarkError, lambda: Key(path)).status == -5
    assert "guess" not in str(raises(WatermarkError, lambda: Key(path, "guess")))
    Key(path, "passphrase").close()


locked(sys.argv[3])
green(sys.argv[1])
gumbel(sys.argv[2])
