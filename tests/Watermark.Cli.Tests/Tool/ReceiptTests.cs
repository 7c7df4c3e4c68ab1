using System.Text;
using System.Text.Json;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Tests.Tool;

public sealed class ReceiptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ReceiptTests()
    {
        Assert.Equal(0, ToolProcess.Run("keygen", "--out", In("public.wmkey"), "--purpose", "compliance").ExitCode);
        Assert.Equal(0, ToolProcess.Run("keygen", "--out", In("owner.wmkey")).ExitCode);
        using SigningKey signer = SigningKey.Create();
        signer.Save(In("signer.pem"));
        folder.Write("signer.pem.pub", signer.PublicPem);
        var text = new StringBuilder();
        for (int i = 0; i < 120; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Sentence number {i} says that {i * 7919 % 1009} people walked to house {i * 104729 % 997}. ");
        folder.Write("reply.txt", text.ToString());
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("public")]
    [InlineData("expert")]
    public void A_receipt_is_made_and_checked_and_any_changed_byte_is_refused(string detail)
    {
        ToolProcess made = ToolProcess.Run("detect", "--key", In("public.wmkey"), "--receipt", In("receipt.json"), "--receipt-detail", detail, "--detector-url", "https://example.com/d", "--signer", In("signer.pem"), In("reply.txt"));
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        JsonElement line = JsonDocument.Parse(made.Output).RootElement;

        JsonElement receipt = Check().Json;
        ToolProcess text = ToolProcess.Run("receipt", In("receipt.json"), "--text", In("reply.txt"), "--signer-key", In("signer.pem.pub"));

        Assert.Equal("no mark found", receipt.GetProperty("band").GetString());
        Assert.Equal("https://example.com/d", receipt.GetProperty("detectorUrl").GetString());
        Assert.Contains("Answer: no mark found, under key", text.Output, StringComparison.Ordinal);
        Assert.Equal(detail == "expert", receipt.TryGetProperty("logP", out JsonElement logP));
        if (detail == "expert")
            Assert.Equal(line.GetProperty("logP").GetDouble(), logP.GetDouble(), 1e-11);

        byte[] bytes = File.ReadAllBytes(In("receipt.json"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(In("changed.json"), bytes);
        ToolProcess.Run("receipt", In("changed.json"), "--text", In("reply.txt"), "--signer-key", In("signer.pem.pub")).AssertRefused("changed.json: ");
        File.AppendAllText(In("reply.txt"), " ");
        Check().AssertRefused("reply.txt: The receipt is about another text");

        ToolProcess Check() => ToolProcess.Run("receipt", In("receipt.json"), "--text", In("reply.txt"), "--signer-key", In("signer.pem.pub"), "--json");
    }

    [Fact]
    public void Of_a_record_the_text_of_the_reply_is_hashed()
    {
        folder.Write("one.jsonl", """{"prompt": "Who wrote this?", "response": "Nobody knows.\nNot even é."}""" + "\n");
        folder.Write("same.txt", "Nobody knows.\nNot even é.");

        Assert.Equal(0, Detect("public.wmkey", "one.jsonl").ExitCode);
        JsonElement receipt = ToolProcess.Run("receipt", In("receipt.json"), "--text", In("same.txt"), "--signer-key", In("signer.pem.pub"), "--json").Json;

        Assert.Equal("too short", receipt.GetProperty("band").GetString());
    }

    [Fact]
    public void What_may_have_no_receipt_is_refused()
    {
        folder.Write("two.jsonl", "{\"prompt\": \"a?\", \"response\": \"One.\"}\n{\"prompt\": \"b?\", \"response\": \"Two.\"}\n");

        Detect("owner.wmkey", "reply.txt").AssertRefused("is a forensic key");
        Detect("public.wmkey", "two.jsonl").AssertRefused("--receipt is for one text");
        Detect("public.wmkey", "reply.txt", "--distinct", "none").AssertRefused("--receipt counts each coin once");
        Detect("public.wmkey", "reply.txt", "--detector-url", "https://user:secret@example.com/").AssertRefused("--detector-url must be an address");
        ToolProcess.Run("detect", "--key", In("public.wmkey"), "--receipt", In("receipt.json"), In("reply.txt")).AssertRefused("name the signing key with --signer");
        ToolProcess.Run("detect", "--key", In("public.wmkey"), "--signer", In("signer.pem"), In("reply.txt")).AssertRefused("--signer goes with --receipt");
        ToolProcess.Run("detect", "--key", In("public.wmkey"), "--receipt-detail", "expert", In("reply.txt")).AssertRefused("--receipt-detail goes with --receipt");
        Assert.False(File.Exists(In("receipt.json")));
    }

    [Fact]
    public void A_verdict_under_a_compliance_key_warns()
    {
        JsonElement verdict = ToolProcess.Run("verify", "--key", In("public.wmkey"), "--suspect", In("reply.txt"), "--keys", "0", "--json").Json;

        Assert.Contains(verdict.GetProperty("findings")[0].GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "key-compliance" && item.GetProperty("severity").GetString() == "warning");
    }

    [Fact]
    public void A_derived_key_has_the_purpose_of_its_owner()
    {
        Assert.Equal(0, ToolProcess.Run("keygen", "--out", In("epoch.wmkey"), "--from", In("public.wmkey"), "--epoch", "2027").ExitCode);

        Assert.Contains("\"purpose\": \"compliance\"", File.ReadAllText(In("epoch.wmkey")), StringComparison.Ordinal);
        ToolProcess.Run("keygen", "--out", In("x.wmkey"), "--from", In("owner.wmkey"), "--epoch", "2027", "--purpose", "compliance").AssertRefused("--purpose does not go with --from");
    }

    private ToolProcess Detect(string key, string input, params string[] more) =>
        ToolProcess.Run(["detect", "--key", In(key), "--receipt", In("receipt.json"), "--signer", In("signer.pem"), .. more, In(input)]);

    private string In(string name) => Path.Combine(folder.Path, name);
}
