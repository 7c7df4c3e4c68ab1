"""
Makes src/Watermark.Text/Tokenizers/HuggingFace/Unicode/reference-unicode.txt: what the reference library for
tokenizer.json knows of Unicode. Its classes and normal forms are those of older Unicode versions than that of .NET.

The first step asks the reference itself about every character (npm package 'tokenizers' 0.23.2, Node 20 or later):
    npm install tokenizers@0.23.2 && node make-unicode.js unicode.json
The second adds combining classes and single steps of decompositions, which the reference does not tell, from Python 3.11
(Unicode 14; both never change for a character that is there, so they are right for the reference too):
    python3 make-unicode.py unicode.json reference-unicode.txt
"""
import json
import sys
import unicodedata

told = json.load(open(sys.argv[1]))
characters = [c for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]


def ranges(members):
    found = []
    for c in sorted(members):
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return ['%x' % a if a == b else '%x-%x' % (a, b) for a, b in found]


def removed(name):
    return [int(c, 16) for c, to in told[name].items() if to == '']


lines = [
    '# What the reference library for tokenizer.json knows of Unicode. Made by tests/TestData/make-unicode.py;',
    '# derived from the Unicode Character Database, (c) Unicode, Inc., Unicode License v3.',
    '[punctuation]', *ranges(told['punctuation']),
    '[marks]', *ranges(removed('marks')),
    '[nonspacing-marks]', *ranges(removed('nonspacing-marks')),
    '[controls]', *ranges(c for c in removed('controls') if c != 0xFFFD),
    '[combining-classes]']
marks = set(removed('marks'))
for value in range(1, 256):
    members = [c for c in marks if unicodedata.combining(chr(c)) == value]
    lines += [f'{members} {value}' for members in ranges(members)]
# '=' canonical, '!' canonical but never composed again, '~' for compatibility only.
lines.append('[decompositions]')
for c in characters:
    code = '%x' % c
    if 0xAC00 <= c <= 0xD7A3 or code not in told['nfkd']:
        continue
    step = unicodedata.decomposition(chr(c)).split()
    kind = '~' if step[0].startswith('<') else '='
    parts = [part.lower().lstrip('0') for part in step if not part.startswith('<')]
    if kind == '=' and (len(parts) == 1 or code in told['nfc']):
        kind = '!'
    lines.append(' '.join([code, kind, *parts]))
open(sys.argv[2], 'w').write('\n'.join(lines) + '\n')
