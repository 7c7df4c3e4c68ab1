// Writes Gguf/byte-pairs.json: a made-up byte-level vocabulary whose merges cross every border between words, so that each way
// to cut text gives other ids, and the ids that Hugging Face's library gives with the settings of the original models.
// usage: npm install tokenizers@0.23.2; node make-gguf-ids.js > Gguf/byte-pairs.json
const { Tokenizer } = require('tokenizers');
const golden = require('./golden/tokenizers.json');

const characters = Array.from({ length: 256 }, (_, b) => (b >= 33 && b <= 126) || (b >= 0xa1 && b <= 0xac) || b >= 0xae);
let moved = 0;
const character = characters.map((printed, b) => String.fromCharCode(printed ? b : 256 + moved++));
const texts = [...golden.texts.filter(text => text), 'theory the theory', 'a<tool>b <tool><|end|>', '12 345 6789\n\n\n x1', "I'm HERE's", '一二三 abc一二。', '!abc ?def', 'ab\r\n\r\n12ab', ' 12', '日本語123テ', 'aÀbÉ',
  '( x)==y', 'A1b2C3'];

// The most frequent neighbours merge next, whatever they are.
const corpus = texts.filter(text => !text.includes('<tool>'));
let words = [corpus.concat(corpus.filter((_, i) => i % 2), corpus.filter((_, i) => i % 3)).join('')].map(text => [...Buffer.from(text)].map(b => character[b]));
const merges = [];
for (let k = 0; k < 450; k++) {
  const counts = new Map();
  for (const word of words)
    for (let i = 0; i + 1 < word.length; i++)
      counts.set(word[i] + ' ' + word[i + 1], (counts.get(word[i] + ' ' + word[i + 1]) || 0) + 1);
  const best = [...counts].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1))[0][0];
  merges.push(best);
  const [left, right] = best.split(' ');
  words = words.map(word => {
    const merged = [];
    for (let i = 0; i < word.length; i++)
      merged.push(word[i] === left && word[i + 1] === right ? word[i] + word[++i] : word[i]);
    return merged;
  });
}

const tokens = [...new Set([...character, ...merges.map(merge => merge.replace(' ', '')), 'Ġtheory', 'HE', 'theory', '12', '345'])];
const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
const split = regex => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const gpt2 = { ...bytes, use_regex: true };
const cl100k = digits => "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const o200k = (digits, end) => '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+' + end
  + '|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*' + end
  + '|\\p{N}' + digits + '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const models = {
  'gpt-2': [gpt2],
  'llama-bpe': [split(cl100k('{1,3}')), bytes],
  'glm4': [split(cl100k('{1,3}')), bytes],
  'qwen2': [split(cl100k('')), bytes],
  'gpt-4o': [split(o200k('{1,3}', "(?i:'s|'t|'re|'ve|'m|'ll|'d)?")), bytes],
  'tekken': [split(o200k('', '')), bytes],
  'starcoder': [{ type: 'Digits', individual_digits: true }, gpt2],
  'deepseek-v3': [split('\\p{N}{1,3}'), split('[一-龥\u3040-ゟ゠-ヿ]+'),
    split('[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+'), bytes],
  'deepseek-coder': [split('[\r\n]'), split('\\s?\\p{L}+'), split('\\s?\\p{P}+'), split('[一-龥ࠀ-一가-\ud7ff]+'), { type: 'Digits', individual_digits: true }, bytes],
};
const tool = { id: tokens.length, content: '<tool>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };

(async () => {
  const ids = {};
  for (const [pre, steps] of Object.entries(models)) {
    const model = { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false, byte_fallback: false,
      ignore_merges: pre === 'llama-bpe' || pre === 'tekken', vocab, merges };
    const tokenizer = Tokenizer.fromString(JSON.stringify({ version: '1.0', truncation: null, padding: null, added_tokens: [tool], normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: steps }, post_processor: null, decoder: null, model }));
    ids[pre] = [];
    for (const text of texts)
      ids[pre].push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds());
  }
  console.log('{\n"tokens": ' + JSON.stringify(tokens) + ',\n"merges": ' + JSON.stringify(merges) + ',\n"texts": ' + JSON.stringify(texts) + ',\n"ids": {\n'
    + Object.entries(ids).map(([pre, lists]) => JSON.stringify(pre) + ': ' + JSON.stringify(lists)).join(',\n') + '\n}\n}');
})();
