"""Writes the models and the ids of SentencePiece/ with the reference encoder (Debian's python3-sentencepiece 0.1.97).

usage: python3 make-sentencepiece.py OUT TEXT...    TEXT: files of plain text to train on, such as README.md
"""
import json, os, random, struct, sys
import sentencepiece

out, sources = sys.argv[1], sys.argv[2:]
R = random.Random(20261127)
lines = [line.strip() for path in sources for line in open(path, encoding='utf-8') if line.strip()]
made_up = ['Die Katze saß auf der Matte, während es draußen regnete.', 'Le chat était assis sur le tapis à côté de la fenêtre.',
           '猫はマットの上に座っていた。外は雨だった。', '고양이가 매트 위에 앉아 있었다.', 'Кошка сидела на коврике.', 'ﬁne ① ｈａｌｆ №5 ½ é e\u0301', 'a b c d e f g']
corpus = os.path.join(out, 'corpus.tmp')
with open(corpus, 'w', encoding='utf-8') as file:
    for _ in range(3):
        file.write('\n'.join(lines + made_up) + '\n')

words = sorted({word for line in lines for word in line.split()})
parts = ['the', ' ', '  ', '\t', '\n', '\u3000', '\u00a0', '▁', '▁▁', '<s>', '</s>', '<unk>', '<0x41>', '<end>', 'ing', '中', '猫は', 'a b', 'é', 'e\u0301', 'ﬁ', '①',
         '😀', '\u200b', '###', 'zz', 'aaaa', '12345', '.', '…', '\ufffd', 'ſ', 'x y']
texts = ['', ' ', '   ', 'a', ' a', 'a ', '  a  b  ', 'Hello world', '### ###', 'a<end>b', 'a\nb', '▁a▁', 'ﬁne', '中文字', '😀', 'e\u0301', 'x▁y x y']
texts += [''.join(R.choice(parts) for _ in range(R.randrange(1, 14))) for _ in range(60)]
texts += [' '.join(R.choice(words) for _ in range(R.randrange(1, 12))) for _ in range(25)] + R.sample(lines, 10)
texts = [text for text in texts if '\ud800' not in text]


def fields(data):
    def varint(at):
        value = shift = 0
        while True:
            byte = data[at]
            value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                return value, at
    at = 0
    while at < len(data):
        begin = at
        tag, at = varint(at)
        if tag & 7 == 0:
            value, at = varint(at)
        else:
            size, at = varint(at) if tag & 7 == 2 else ((4, at) if tag & 7 == 5 else (8, at))
            value, at = data[at:at + size], at + size
        yield tag >> 3, value, data[begin:at]


def coarse(data, unused):
    """Rounds scores, so that many are equal, and makes some pieces unused."""
    def varint(value):
        return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)
    result = b''
    for field, value, raw in fields(data):
        piece = {number: content for number, content, _ in fields(value)} if field == 1 else None
        if piece is None or piece.get(3, 1) != 1:
            result += raw
            continue
        score = struct.unpack('<f', piece[2])[0]
        score = float(-(int(-score) // 9)) if abs(score) > 20 else float(round(score))
        kind = 5 if R.random() < unused else 1
        content = b'\x0a' + varint(len(piece[1])) + piece[1] + b'\x15' + struct.pack('<f', score) + b'\x18' + bytes([kind])
        result += b'\x0a' + varint(len(content)) + content
    return result


rules = os.path.join(out, 'rules.tmp')
with open(rules, 'w', encoding='utf-8') as file:
    # a -> A; ab -> y; tab, ideographic space -> space; zero-width space -> nothing; fi ligature -> fi; z -> two spaces.
    file.write('61\t41\n61 62\t79\n9\t20\n3000\t20\n200B\t\nFB01\t66 69\n7A\t20 20\n')
back = os.path.join(out, 'back.tmp')
with open(back, 'w', encoding='utf-8') as file:
    file.write('74 68\tFE\n2E\t2026\n')

models = {
    'unigram-nmt-nfkc-bytes': dict(model_type='unigram', vocab_size=900, normalization_rule_name='nmt_nfkc', byte_fallback=True, split_digits=True),
    'unigram-rules-suffix': dict(model_type='unigram', vocab_size=700, normalization_rule_tsv=rules, treat_whitespace_as_suffix=True, user_defined_symbols=['<end>', 'a b'], unk_surface=' ?? '),
    'unigram-ties': dict(model_type='unigram', vocab_size=700, normalization_rule_name='identity', remove_extra_whitespaces=False, byte_fallback=True, user_defined_symbols=['▁▁', '中'], coarse=.1),
    'unigram-spaces-inside': dict(model_type='unigram', vocab_size=700, normalization_rule_name='identity', split_by_whitespace=False, add_dummy_prefix=False),
    'bpe-ties-unused': dict(model_type='bpe', vocab_size=900, normalization_rule_name='identity', remove_extra_whitespaces=False, byte_fallback=True, coarse=.12),
    'bpe-ties': dict(model_type='bpe', vocab_size=900, normalization_rule_name='identity', remove_extra_whitespaces=False, coarse=0, unk_piece='\u2047', user_defined_symbols=['###', '<end>']),
    'bpe-suffix': dict(model_type='bpe', vocab_size=800, normalization_rule_tsv=rules, treat_whitespace_as_suffix=True, byte_fallback=True),
    'bpe-spaces-inside': dict(model_type='bpe', vocab_size=700, normalization_rule_name='identity', split_by_whitespace=False, remove_extra_whitespaces=False, user_defined_symbols=['<end>', 'a b', '\n']),
    'bpe-denormalized': dict(model_type='bpe', vocab_size=700, normalization_rule_name='identity', add_dummy_prefix=False, denormalization_rule_tsv=back, control_symbols=['<c>']),
    'word': dict(model_type='word', vocab_size=500, normalization_rule_tsv=rules, user_defined_symbols=['<end>']),
    'char': dict(model_type='char', vocab_size=400, normalization_rule_name='identity', byte_fallback=True, user_defined_symbols=['<end>', 'ing']),
}
for name, settings in models.items():
    unused = settings.pop('coarse', None)
    prefix = os.path.join(out, name)
    coverage = .999 if settings.get('byte_fallback') else .995
    sentencepiece.SentencePieceTrainer.train(input=corpus, model_prefix=prefix, hard_vocab_limit=False, character_coverage=coverage, minloglevel=2, num_threads=1, **settings)
    os.remove(prefix + '.vocab')
    if unused is not None:
        data = coarse(open(prefix + '.model', 'rb').read(), unused)
        open(prefix + '.model', 'wb').write(data)
    encoder = sentencepiece.SentencePieceProcessor(model_file=prefix + '.model')
    with open(prefix + '.jsonl', 'w', encoding='utf-8') as file:
        for text in texts:
            ids = encoder.encode(text)
            # The reference encodes no text that holds the written form of a control piece as a word of its own.
            if not ids and name == 'word' and '<' in text:
                continue
            file.write(json.dumps({'text': text, 'ids': ids, 'decoded': encoder.decode(ids)}, ensure_ascii=False) + '\n')
        for _ in range(25):
            ids = [R.randrange(encoder.get_piece_size()) for _ in range(R.randrange(1, 9))]
            file.write(json.dumps({'ids': ids, 'decoded': encoder.decode(ids)}, ensure_ascii=False) + '\n')
for path in (corpus, rules, back):
    os.remove(path)
