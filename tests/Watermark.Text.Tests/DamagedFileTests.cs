using System.Text;
using Watermark.TestKit.Fuzzing;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests;

/// <summary>
/// Damaged files, from the bytes to the token ids: every one is read, counted or refused in one sentence. Runs of minutes are
/// made with <see cref="FuzzRun.SecondsVariable"/>.
/// </summary>
public sealed class DamagedFileTests : IDisposable
{
    private static readonly byte[] Chat = Utf8(
        """
        {"id": "a", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Which river?"}, {"role": "assistant", "content": "<think>North.</think>The Tana, é 漢 😀."}], "score": NaN}
        {"id": "b", "prompt": "Which lake?", "text": "<|im_start|>user\nWhich lake?<|im_end|>\n<|im_start|>assistant\nInari.<|im_end|>", "pages": [{"text": "Inari is a lake in the north of Finland."}]}
        {"id": "c", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}], "ids": [1, 2, 3]}

        """);

    private static readonly byte[][] Replies =
    [
        Chat,
        Utf8("[" + Encoding.UTF8.GetString(Chat).Trim().Replace("}\n{", "},\n{", StringComparison.Ordinal).Replace("NaN", "1", StringComparison.Ordinal) + "]"),
        Utf8("id;prompt;text\n1;\"Which \"\"river\"\"?\";\"The\nTana\"\n2;x;y\n"),
        Utf8("data: {\"id\": \"1\", \"choices\": [{\"index\": 0, \"delta\": {\"role\": \"assistant\", \"content\": \"The\"}}]}\n\ndata: {\"id\": \"1\", \"choices\": [{\"index\": 0, \"delta\": {\"content\": \" Tana\"}, \"finish_reason\": \"stop\"}]}\n\ndata: [DONE]\n\n"),
        Utf8("### Instruction:\nWhich river?\n\n### Response:\nThe Tana.\n"),
        Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("prompt\ttext\nWhich river?\tThe Tana.\n")).ToArray(),
        Records.Reading.Gzip(Chat),
        Records.Reading.Zip(("a.jsonl", Chat), ("b.csv", Utf8("question,answer\na,b\n"))),
        Records.Reading.Tar(("a.jsonl", Chat), ("README.md", Utf8("Notes."))),
        File.ReadAllBytes(Records.Reading.Data("workbook.xlsx")),
        .. Directory.GetFiles(Records.Reading.Data("parquet"), "*.parquet").Order(StringComparer.Ordinal).Take(2).Select(File.ReadAllBytes),
    ];

    private static readonly TextTokenizer Tokenizer = TextTokenizer.Load("cl100k_base");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_of_replies()
    {
        FuzzReport report = FuzzRun.Run("replies", Replies, bytes =>
        {
            string path = folder.Write("input", bytes);
            var reader = new ReplyReader(new ReplyReaderOptions { MaxUnreadShare = 1 });
            var tokenizer = new ReplyTokenizer(Tokenizer, new ReplyScreening(), new ReplyTextOptions { Normalise = true });
            foreach (Reply reply in reader.Read([path]))
                tokenizer.Tokenize(reply);
            Assert.Equal(reader.Report.Unread, reader.Report.UnreadByCode.Values.Sum());
        });

        Assert.True(report.Read > 0 && report.Refused > 0);
    }

    [Theory]
    [InlineData("tokenizer.json", "HuggingFace/nfc-and-added/tokenizer.json", "HuggingFace/space-runs/tokenizer.json")]
    [InlineData("sentencepiece.model", "SentencePiece/unigram-ties.model", "SentencePiece/bpe-suffix.model", "SentencePiece/word.model")]
    [InlineData("a.tiktoken", "Tiktoken/other-pattern.model")]
    public void Files_of_tokenizers(string name, params string[] seeds)
    {
        string suffix = name.EndsWith("tiktoken", StringComparison.Ordinal) ? "#o200k" : string.Empty;
        FuzzReport report = FuzzRun.Run(
            name,
            [.. seeds.Select(seed => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", seed)))],
            bytes => TextTokenizer.Load(folder.Write(name, bytes) + suffix).Encode("The quick <think> é漢😀  fox\n\n'll 1234"),
            new FuzzOptions { Inputs = 400 });

        Assert.True(report.Read > 0 && report.Refused > 0);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
