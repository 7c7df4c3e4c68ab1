// Asks the reference library for tokenizer.json what it does to every character; see make-unicode.py.
const { writeFileSync } = require('node:fs');
const reference = require('tokenizers');

const bert = (stripAccents, cleanText) => reference.bertNormalizer({ cleanText, handleChineseChars: false, stripAccents, lowercase: false });
const normalizers = {
  nfc: reference.nfcNormalizer(),
  nfkd: reference.nfkdNormalizer(),
  marks: reference.stripAccentsNormalizer(),
  'nonspacing-marks': bert(true, false),
  controls: bert(false, true),
};
const punctuation = reference.punctuationPreTokenizer();
const told = Object.fromEntries(Object.keys(normalizers).map(name => [name, {}]));
told.punctuation = [];
for (let c = 1; c < 0x110000; c++) {
  if (c >= 0xd800 && c < 0xe000)
    continue;
  const text = String.fromCodePoint(c);
  for (const name in normalizers) {
    const result = normalizers[name].normalizeString(text);
    if (result !== text)
      told[name][c.toString(16)] = [...result].map(part => part.codePointAt(0).toString(16)).join(' ');
  }
  if (punctuation.preTokenizeString(`a${text}b`).length > 1)
    told.punctuation.push(c);
}
writeFileSync(process.argv[2], JSON.stringify(told));
