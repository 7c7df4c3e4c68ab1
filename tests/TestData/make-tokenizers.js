// Writes golden/tokenizers.json. To run: npm install tiktoken@1.0.22 tokenizers@0.23.2, then node make-tokenizers.js FILE.
// The small byte-level vocabulary is trained here by the textbook rule: the most frequent pair is merged next.
const fs=require('fs');
const {get_encoding}=require('tiktoken');
const texts=["Hello, world!","<|endoftext|> is text, <|endofprompt|> too","naïve café, Ünïcödé: 你好，世界 – ∑∞","😀abc 👩‍👩‍👧 🇩🇪x","𠀀𠀁x 𝒜𝒷𝟙𝟚𝟛𝟜z","don't I'LL we'Ve ſ'ſ it'ſ HE'D","  a\n\n\tb  \r\n c ","123456 ١٢٣٤ 1²3½ Ⅷ","a\u0085b\u00a0c\u2003d\u3000e","CamelCaseABCdef ÉcoleÉCOLE ǅabc","https://example.org/a/b//c.html?x=1&y=2","\u0000\u0001\u001f","e\u0301 नमस्ते สวัสดี עִבְרִית","def f(x):\n    return x**2  # ok\n\n\n","한국어 日本語テキスト","\ufffd end",""," ","\n","!!!???\n\n/// ---"];
const out={source:'tiktoken 1.0.22 and tokenizers 0.23.2 of npm; see ../README.md',texts};
for(const n of ['cl100k_base','o200k_base']) out[n]=texts.map(s=>[...get_encoding(n).encode(s,[],[])]);
const T=require('tokenizers');
const corpus="the cat sat on the mat. the café is open; naïve 你好 你们 😀😀 don't we're HE'S 1234 12 3456 über über  the  end\n\n the then there 𠀀𠀁 𠀀𠀁".repeat(3);
const b2u={};{let n=0;for(let b=0;b<256;b++){const p=(b>=33&&b<=126)||(b>=0xa1&&b<=0xac)||(b>=0xae&&b<=0xff);b2u[b]=String.fromCharCode(p?b:256+n++);}}
const pat=/'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
let words=[...corpus.matchAll(pat)].map(m=>[...Buffer.from(m[0])].map(b=>b2u[b]));
const vocab={};let id=0;
// The ids are not in the order of the merges: the merges decide, not the ids.
const merges=[];
for(let k=0;k<90;k++){const c=new Map();for(const w of words)for(let i=0;i+1<w.length;i++){const p=w[i]+' '+w[i+1];c.set(p,(c.get(p)||0)+1);}let best=null,bc=1;for(const [p,n] of c)if(n>bc||(n==bc&&best!==null&&p<best)){best=p;bc=n;}if(!best)break;merges.push(best);const [a,b]=best.split(' ');words=words.map(w=>{const r=[];for(let i=0;i<w.length;i++){if(i+1<w.length&&w[i]==a&&w[i+1]==b){r.push(a+b);i++;}else r.push(w[i]);}return r;});}
const made=[...new Set(merges.map(m=>m.replace(' ','')))];
vocab['<|endoftext|>']=0;id=1;for(const m of made.slice().reverse())vocab[m]=id++;for(let b=0;b<256;b++)if(!(b2u[b] in vocab))vocab[b2u[b]]=id++;
(async()=>{const model=T.BPE.init(vocab,merges.map(m=>m.split(' ')));
const enc=async(pre)=>{const t=new T.Tokenizer(model);t.setPreTokenizer(pre);const r=[];for(const s of texts)r.push((await t.encode(s,null,{addSpecialTokens:false})).getIds());return r;};
out.bytelevel=await enc(T.byteLevelPreTokenizer(false));
out.vocab=vocab;out.merges=merges;
const ascii=v=>JSON.stringify(v).replace(/[\u007f-\uffff]/g,c=>'\\u'+c.charCodeAt(0).toString(16).padStart(4,'0'));
fs.writeFileSync(process.argv[2],'{\n'+Object.entries(out).map(([k,v])=>'  '+JSON.stringify(k)+': '+ascii(v)).join(',\n')+'\n}\n');})();
