"""Marks the text of a toy model and detects it: WATERMARK_LIBRARY=…/libwatermark.so python3 demo.py owner.wmkey"""

import sys

import numpy as np

from watermark import Key, LogitsProcessor

VOCABULARY, LENGTH = 500, 400


def main(path):
    model = np.random.default_rng(1).normal(0, 1.5, (VOCABULARY, VOCABULARY)).astype(np.float32)
    random = np.random.default_rng(2)
    prompt, text = [1, 2, 3, 4], []
    with Key(path) as key:
        processor = LogitsProcessor(key, account="acme", epoch="2026-11")
        for _ in range(LENGTH):
            logits = model[(prompt + text)[-1]].copy()
            processor(prompt, text, logits)
            weights = np.exp(logits.astype(np.float64) - logits.max())
            text.append(int(random.choice(VOCABULARY, p=weights / weights.sum())))
        found = key.detect(text, prompt, account="acme", epoch="2026-11")
        other = key.detect(text, prompt, account="another", epoch="2026-11")
    print(f"key {key_name(path)}: {LENGTH} tokens marked for the account acme")
    print(f"another account: {other.green} of {other.trials} green, ln p = {other.ln_p:.1f}")
    print(f"acme: {found.green} of {found.trials} green, ln p = {found.ln_p:.1f}")


def key_name(path):
    return str(path).rsplit("/", 1)[-1]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 demo.py KEYFILE")
    main(sys.argv[1])
