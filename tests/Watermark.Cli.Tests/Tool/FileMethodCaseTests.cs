using System.Globalization;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Demo;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Schemes.Native;
using Watermark.Schemes.Payload;

namespace Watermark.Cli.Tests.Tool;

/// <summary>
/// Methods that judge files, in cases: commitment, plan, import, verdict, seal, and a check that computes the findings again.
/// The commands run in this process, one test at a time, since each replaces the console.
/// </summary>
[CollectionDefinition(nameof(FileMethodCaseTests), DisableParallelization = true)]
[Collection(nameof(FileMethodCaseTests))]
public sealed class FileMethodCaseTests : IDisposable
{
    private const string Epoch = "2026-11";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("relay", "--released", "2026-06-01", "--epoch", "2026-11=2026-11-01", "--epoch", "2026-10=2026-10-01")]
    [InlineData("epochs", "--epoch", "2026-10", "--epoch", "2026-11")]
    public void Keys_of_epochs(string method, params string[] options)
    {
        using KeyFile key = Key(new GreenListScheme { Delta = 4 });
        using WatermarkKey epoch = ((WatermarkKey)key.Secret).ForEpoch(Epoch);
        using KeyedScheme marks = key.Scheme.WithKey(epoch);
        Import(method, key, [.. options], Replies("suspect", marks));
    }

    [Fact]
    public void Contexts_that_were_never_served()
    {
        using KeyFile key = Key(new GreenListScheme { Delta = 4 });
        using KeyedScheme marks = key.ToKeyedScheme();
        string log = Path.Combine(folder.Path, "served.contexts");
        using (var served = ServedContextsLog.Open(File.Create(log), new ServedContextsHeader(Epoch, marks.KeyId, marks.ContextWidth, TokenizerHash: "")))
            served.Add([1, 2, 3, 4, 5], 2);
        Import("novelty", key, ["--served", log], Replies("suspect", marks));

        // Another log than the planned one is refused, and without it nothing is computed again.
        File.AppendAllText(log, "x");
        Assert.Contains("the plan fixed", Assert.Throws<IOException>(() => Run("fingerprint", "novelty", "verify", "--case", Case, "--key", KeyPath, "--signer", Signer)).Message, StringComparison.Ordinal);
        File.Delete(log);
        Assert.Contains("is not here", CheckedFindings("--key", KeyPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Accounts_by_code()
    {
        var scheme = new CodedGreenListScheme { Delta = 4, Eta = 3 };
        using KeyFile key = Key(scheme);
        using KeyedScheme marks = scheme.ForAccount(key.Secret, "account-17");
        Import("trace", key, ["--accounts", Accounts()], Replies("suspect", marks, 60));
        Assert.Equal("suspect, account account-17", Finding().GetProperty("title").GetString());
    }

    [Fact]
    public void Accounts_by_derived_key()
    {
        using KeyFile key = Key(new GreenListScheme { Delta = 4 });
        using WatermarkKey account = ((WatermarkKey)key.Secret).ForAccount("account-17");
        using KeyedScheme marks = key.Scheme.WithKey(account);
        Import("trace keys", key, ["--accounts", Accounts()], Replies("suspect", marks));
        Assert.Equal("suspect, account account-17", Finding().GetProperty("title").GetString());
    }

    [Fact]
    public void A_payload()
    {
        using KeyFile key = Key(new PayloadScheme { Payload = "c0ff", Delta = 5 });
        using KeyedScheme marks = key.ToKeyedScheme();
        Import("payload", key, [], Replies("suspect", marks, 60));
    }

    [Fact]
    public void Likelihoods_in_the_order_of_training()
    {
        var random = new SeededRandomBits(1);
        // So few texts cannot reach the threshold, whatever their order says.
        string[] lines = [.. Enumerable.Range(0, 400).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{{\"id\":\"t{i}\",\"position\":{i},\"suspect\":{-3 + (i / 400.0) + (0.2 * random.NextDouble()):F6},\"reference\":-3}}"))];
        Import("transcript", null, ["--seed", "7"], Write("likelihoods.jsonl", lines), "inconclusive");
    }

    [Fact]
    public void Copied_weights()
    {
        Run("demo", "--scenario", "weights", "--out", Path.Combine(folder.Path, "weights"));
        Import("weights", null, ["--owner", Path.Combine(folder.Path, "weights/owner.safetensors"), "--layers", "2"], Path.Combine(folder.Path, "weights/suspect.safetensors"));
    }

    [Fact]
    public void A_rank_among_references_only_supports()
    {
        string[] lines =
        [
            """{"role":"teacher","name":"T","siblings":[]}""",
            """{"role":"suspect","name":"suspect","value":0.9}""",
            .. Enumerable.Range(0, 99).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"role\":\"reference\",\"name\":\"r{i}\",\"value\":{i / 200.0:F3}}}")),
        ];
        Import("reference-rank", null, ["--statistic", "agreement"], Write("values.jsonl", lines), "inconclusive");
    }

    [Fact]
    public void A_plan_for_derived_keys_needs_a_commitment_and_options_stay_as_planned()
    {
        using KeyFile key = Key(new GreenListScheme { Delta = 4 });
        string[] plan = ["fingerprint", "epochs", "plan", "--case", Case, "--key", KeyPath, "--epoch", Epoch, "--suspect", "suspect", "--signer", Signer];
        Run("signer", "--out", Signer);
        Assert.Contains("watermark commit", Assert.Throws<IOException>(() => Run(plan)).Message, StringComparison.Ordinal);
        Run("commit", "--case", Case, "--key", KeyPath);
        Run(plan);
        using KeyedScheme marks = key.ToKeyedScheme();
        Run("import", "--case", Case, "--name", "suspect", "--by", "a test", Replies("suspect", marks));
        string refused = Assert.Throws<IOException>(() => Run("fingerprint", "epochs", "verify", "--case", Case, "--key", KeyPath, "--epoch", "2026-10", "--signer", Signer)).Message;
        Assert.Contains("--epoch does not go with --case", refused, StringComparison.Ordinal);
        Assert.Contains("is the design of another test", Assert.Throws<IOException>(() => Run("fingerprint", "relay", "verify", "--case", Case, "--key", KeyPath, "--signer", Signer)).Message, StringComparison.Ordinal);
    }

    private string Case => Path.Combine(folder.Path, "case");

    private string KeyPath => Path.Combine(folder.Path, "owner.wmkey");

    private string Signer => Path.Combine(folder.Path, "signer.pem");

    /// <summary>The whole way of a case with one suspect, whose file carries what the method looks for.</summary>
    private void Import(string method, KeyFile? key, string[] options, string file, string outcome = "support")
    {
        string[] command = ["fingerprint", .. method.Split(' ')];
        string[] keyed = key is null ? [] : ["--key", KeyPath];
        Run("signer", "--out", Signer);
        if (key is not null)
            Run("commit", "--case", Case, "--key", KeyPath);
        Run([.. command, "plan", "--case", Case, .. keyed, .. options, "--suspect", "suspect", "--signer", Signer]);
        Run("import", "--case", Case, "--name", "suspect", "--by", "a test", file);
        Run([.. command, "verify", "--case", Case, .. keyed, "--signer", Signer]);
        Assert.True(!Finding().GetProperty("diagnostics").GetRawText().Contains("plan-deviation", StringComparison.Ordinal), Finding().GetProperty("diagnostics").GetRawText());
        Assert.True(Finding().GetProperty("outcome").GetString() == outcome, Finding().GetRawText());
        Run("report", Case, "--signer", Signer);
        Assert.Contains("computed again from the design and the log, with the same result", CheckedFindings(keyed), StringComparison.Ordinal);
    }

    private string CheckedFindings(params string[] keyed)
    {
        ToolProcess check = ToolProcess.Run(["check", Case, .. keyed]);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        return check.Output.Split('\n').Single(line => line.StartsWith("ok  findings", StringComparison.Ordinal));
    }

    /// <summary>The finding with the smallest p-value.</summary>
    private JsonElement Finding()
    {
        using JsonDocument verdict = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Case, "verdict.json")));
        return verdict.RootElement.GetProperty("findings").EnumerateArray().MinBy(finding => double.Parse(finding.GetProperty("logP").GetString()!, CultureInfo.InvariantCulture)).Clone();
    }

    private KeyFile Key(WatermarkScheme scheme)
    {
        KeyFile key = KeyFile.Create(scheme, WatermarkKey.Draw(new SeededRandomBits(1)), KeyFile.IdsTokenizer, 0, TimeProvider.System);
        key.Save(KeyPath);
        return key;
    }

    private string Accounts() => Write("accounts.txt", [.. Enumerable.Range(0, 50).Select(i => $"account-{i}")]);

    /// <summary>Replies of 100 tokens under a mark.</summary>
    private string Replies(string name, KeyedScheme scheme, int count = 20)
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 3 });
        var model = new SeededRandomBits(4);
        var logits = new float[500];
        var lines = new List<string>();
        for (int reply = 0; reply < count; reply++)
        {
            var session = new WatermarkSession(scheme);
            int[] prompt = [400 + reply, 450];
            session.Prime(prompt);
            for (int i = 0; i < 100; i++)
            {
                for (int v = 0; v < logits.Length; v++)
                    logits[v] = (float)(3 * model.NextDouble());
                sampler.Sample(session, logits);
            }

            lines.Add(JsonSerializer.Serialize(new { prompt_ids = prompt, tokens = session.Tokens[2..].ToArray() }));
        }

        return Write(name + ".jsonl", [.. lines]);
    }

    private string Write(string name, string[] lines)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static void Run(params string[] arguments) => ToolCall.Run(arguments, CancellationToken.None);
}
