// Writes SentencePiece/huggingface-unigram.json: made-up Unigram vocabularies, texts, and the ids of Hugging Face's library.
// usage: npm install tokenizers@0.23.2; node make-huggingface-unigram.js > SentencePiece/huggingface-unigram.json
const { Tokenizer } = require('tokenizers');

let state = 20261127;
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
const pick = list => list[Math.floor(random() * list.length)];
const text = (alphabet, length) => Array.from({ length }, () => pick(alphabet)).join('');
const alphabet = [...'ab c▁é中😀'];
const bytes = Array.from({ length: 256 }, (_, value) => ['<0x' + value.toString(16).toUpperCase().padStart(2, '0') + '>', value % 2 ? 0 : -1.5]);

const models = [];
for (let n = 0; n < 12; n++) {
  const used = alphabet.filter(() => random() < .8);
  const vocab = [['<unk>', 0], ...(n % 2 ? bytes.slice(n === 5 ? 1 : 0) : [])];
  for (let i = 0; i < 40; i++)
    vocab.push([text(used, 1 + Math.floor(4 * random())), pick([-1, -2, -3, 1.5, -Math.floor(100 * random()) / 10, -12 * random(), -12 * random()])]);
  models.push({ type: 'Unigram', unk_id: 0, vocab, byte_fallback: n % 2 === 1 });
}
// The sums of these scores are equal when rounded once, and not when rounded as the library's JSON reader rounds them.
models.push({ type: 'Unigram', unk_id: 0, byte_fallback: false, vocab: [['<unk>', 0.0], ['x', -10.413883049483537], ['a', -2.0], ['aa', -1.8352104462461334], ['y', -0.3473500454783327]] });

(async () => {
  const results = [];
  for (const model of models) {
    const tokenizer = Tokenizer.fromString(JSON.stringify({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, model }));
    const texts = model.vocab.length === 5
      ? Array.from({ length: 40 }, () => text([...'xyaaa'], 1 + Math.floor(25 * random())))
      : [...Array.from({ length: 25 }, () => text([...alphabet, 'x', 'y'], 1 + Math.floor(40 * random()))), 'a<unk>xy', '<unk>', '<0x41>x', 'xx中yy'];
    const ids = [];
    for (const one of texts)
      ids.push((await tokenizer.encode(one, null, { addSpecialTokens: false })).getIds());
    results.push({ model, texts, ids });
  }
  console.log('[\n' + results.map(result => JSON.stringify(result)).join(',\n') + '\n]');
})();
