"""Makes golden/markllm-kgw.json: green marks of MarkLLM's KGW (window_scheme left), by another program than the library.

texts: token ids marked by MarkLLM itself (PyTorch, CPU; V = 1200, gamma 1/2, hash_key 15485917), with the number of green
tokens that its own detector counts, read from a file with one JSON object a line.
cases: this program, which follows MarkLLM's published code word for word on a Mersenne Twister of its own. It must count the
texts as MarkLLM does (range "full", the version that wrote them). The present version reduces the seed modulo V.

Usage: python3 make-markllm.py texts.jsonl golden/markllm-kgw.json
"""
import json
import sys


def twister(seed):
    state = [seed & 0xFFFFFFFF]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + i) & 0xFFFFFFFF)
    while True:
        for k in range(624):
            mixed = (state[k] & 0x80000000) | (state[(k + 1) % 624] & 0x7FFFFFFF)
            state[k] = state[(k + 397) % 624] ^ (mixed >> 1) ^ (0x9908B0DF if mixed & 1 else 0)
        for word in state:
            word ^= word >> 11
            word ^= (word << 7) & 0x9D2C5680
            word ^= (word << 15) & 0xEFC60000
            yield word ^ (word >> 18)


def randperm(n, seed):
    words, items = twister(seed), list(range(n))
    for i in range(n - 1):
        other = i + next(words) % (n - i)
        items[i], items[other] = items[other], items[i]
    return items


def product(ids, size):
    result = 1
    for token in ids:
        result *= token
    return result % size


def marks(tokens, size, gamma, key, f_scheme, prefix, reduces):
    prf = randperm(size, key)
    f = {"time": lambda ids: prf[product(ids, size)], "additive": lambda ids: prf[sum(ids) % size],
         "skip": lambda ids: prf[ids[0]], "min": lambda ids: min(prf[token] for token in ids)}[f_scheme]
    result = []
    for at in range(prefix, len(tokens)):
        seed = key * f(tokens[at - prefix:at])
        if reduces:
            seed %= size
        result.append(int(tokens[at] in randperm(size, seed)[:int(size * gamma)]))
    return result


def main():
    texts = [json.loads(line) for line in open(sys.argv[1])]
    for text in texts:
        assert sum(marks(text["tokens"], 1200, 0.5, 15485917, "time", 1, False)) == text["green"]
    # Any ids do for the cases; the zeros and repetitions are put there.
    state, tokens = twister(20241127), []
    while len(tokens) < 60:
        tokens.append(0 if len(tokens) % 17 == 5 else tokens[-3] if len(tokens) % 11 == 9 else next(state) % 500)
    cases = [
        {"seeding": f_scheme, "contextWidth": prefix, "seedRange": "vocabulary" if reduces else "full", "vocabularySize": 500, "gamma": gamma,
         "hashKey": key, "tokens": tokens, "green": marks(tokens, 500, gamma, key, f_scheme, prefix, reduces)}
        for f_scheme in ("time", "additive", "skip", "min") for prefix in (1, 2, 4) for reduces in (True, False)
        for gamma, key in ((0.5, 15485863), (0.25, 4611686018427387847))
    ]
    source = "THU-BPM/MarkLLM watermark/kgw, window_scheme left: texts by MarkLLM, cases by make-markllm.py, which counts the texts as MarkLLM does"
    json.dump({"source": source, "texts": texts, "cases": cases}, open(sys.argv[2], "w"), separators=(",", ":"))


main()
