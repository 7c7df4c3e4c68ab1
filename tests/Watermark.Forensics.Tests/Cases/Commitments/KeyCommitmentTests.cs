using System.Text;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Commitments;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Cases.Commitments;

public sealed class KeyCommitmentTests : IDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly TemporaryCase folder = new();
    private readonly KeyFile key = Key();

    public void Dispose()
    {
        folder.Dispose();
        key.Dispose();
    }

    [Fact]
    public void The_key_opens_what_it_committed_to()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        CommitmentRegistry registry = CommitmentRegistry.Read(CommitmentRegistry.Empty.With(entry).ToBytes());

        OpeningResult result = KeyCommitment.Opens(key, opening, registry);

        Assert.Null(result.Fault);
        Assert.Equal(entry, result.Entry);
        Assert.Equal(1, registry.Count);
        Assert.Equal("""{"parameters":{"contextWidth":2,"delta":"2.5","gamma":"1/4"},"scheme":"green-list","selection":"distinct coins of the corpus","tokenizerHash":"","v":1,"vocabularySize":1000}""", entry.Context);
        Assert.Equal(("green-list", "distinct coins of the corpus"), (entry.Scheme, entry.Selection));
    }

    [Fact]
    public void The_commitment_is_that_of_the_formula()
    {
        using var opening = new CommitmentOpening(new string('0', 64), [.. Enumerable.Range(32, 32).Select(i => (byte)i)]);

        CommittedKey? other = KeyCommitment.Repeat(key, NGramSelection.Default, opening, TimeProvider.System);
        using var right = new CommitmentOpening("ada6d31d0afb2711cb3cee49ccdb1ba965da28847547734fb2954327bd366694", opening.Nonce.ToArray());

        // Computed with Python's hashlib from the context of the test above.
        Assert.Null(other);
        Assert.Equal("ada6d31d0afb2711cb3cee49ccdb1ba965da28847547734fb2954327bd366694", KeyCommitment.Repeat(key, NGramSelection.Default, right, TimeProvider.System)!.Commitment);
    }

    [Fact]
    public void Two_commitments_to_one_key_do_not_look_alike()
    {
        (CommitmentOpening first, _) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        (CommitmentOpening second, _) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);

        Assert.NotEqual(first.Commitment, second.Commitment);
    }

    [Fact]
    public void One_flipped_bit_of_key_or_nonce_does_not_open()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        CommitmentRegistry registry = CommitmentRegistry.Empty.With(entry);
        for (int bit = 0; bit < 256; bit++)
        {
            byte[] secret = [.. Secret], nonce = opening.Nonce.ToArray();
            secret[bit / 8] ^= (byte)(1 << (bit % 8));
            nonce[bit / 8] ^= (byte)(1 << (bit % 8));
            using KeyFile otherKey = Key(secret);
            using var otherOpening = new CommitmentOpening(opening.Commitment, nonce);

            Assert.Contains("does not open the commitment", KeyCommitment.Opens(otherKey, opening, registry).Fault, StringComparison.Ordinal);
            Assert.Contains("does not open the commitment", KeyCommitment.Opens(key, otherOpening, registry).Fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_flipped_bit_of_the_context_does_not_open()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        byte[] bytes = CommitmentRegistry.Empty.With(entry).ToBytes();
        int from = Encoding.UTF8.GetString(bytes).IndexOf("\"context\"", StringComparison.Ordinal), to = Encoding.UTF8.GetString(bytes).IndexOf("\"created\"", StringComparison.Ordinal);
        int read = 0;
        for (int bit = 8 * from; bit < 8 * to; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.NotNull(KeyCommitment.Opens(key, opening, CommitmentRegistry.Read(changed)).Fault);
                read++;
            }
            catch (InputFormatException)
            {
                // What is no registry any more opens nothing either.
            }
        }

        Assert.True(read > 100, $"{read} of the changed registries could be read.");
    }

    [Fact]
    public void A_key_under_other_parameters_does_not_open()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        CommitmentRegistry registry = CommitmentRegistry.Empty.With(entry);

        Assert.EndsWith("which was made with another 'parameters.gamma'.", Fault(Key(gamma: Fraction.Half)), StringComparison.Ordinal);
        Assert.EndsWith("which was made with another 'vocabularySize'.", Fault(Key(vocabularySize: 1001)), StringComparison.Ordinal);
        Assert.EndsWith("which was made with another 'tokenizerHash'.", Fault(Key(tokenizerHash: new string('a', 64))), StringComparison.Ordinal);
        Assert.Contains("was not committed in this case", KeyCommitment.Opens(key, opening, CommitmentRegistry.Empty).Fault, StringComparison.Ordinal);

        string Fault(KeyFile other)
        {
            using (other)
                return KeyCommitment.Opens(other, opening, registry).Fault!;
        }
    }

    [Fact]
    public void An_opening_serves_again_for_the_same_key_and_selection_only()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        using KeyFile other = Key(gamma: Fraction.Half);

        Assert.Equal(entry.Commitment, KeyCommitment.Repeat(key, NGramSelection.Default, opening, TimeProvider.System)!.Commitment);
        Assert.Null(KeyCommitment.Repeat(key, NGramSelection.Default with { FirstPosition = 1 }, opening, TimeProvider.System));
        Assert.Null(KeyCommitment.Repeat(other, NGramSelection.Default, opening, TimeProvider.System));
    }

    [Fact]
    public void Every_scheme_can_be_committed()
    {
        foreach (SchemeDescriptor descriptor in SchemeCatalog.All)
        {
            using KeyFile any = KeyFile.Create(descriptor.Template, descriptor.Template.DrawSecret(new SeededRandomBits(1, 2)), "ids", 0, TimeProvider.System);
            (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(any, NGramSelection.Default, TimeProvider.System);

            Assert.Null(KeyCommitment.Opens(any, opening, CommitmentRegistry.Read(CommitmentRegistry.Empty.With(entry).ToBytes())).Fault);
        }
    }

    [Fact]
    public void An_opening_is_kept_for_its_owner_alone_and_shows_its_nonce_nowhere_else()
    {
        (CommitmentOpening opening, _) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        string path = folder.PathOf("owner.wmkey.opening");

        opening.Save(path);
        using CommitmentOpening read = CommitmentOpening.Load(path);

        Assert.Equal(opening.Commitment, read.Commitment);
        Assert.True(read.Nonce.SequenceEqual(opening.Nonce));
        Assert.Equal($"opening of {opening.Commitment}", opening.ToString());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("never overwritten", Assert.Throws<IOException>(() => opening.Save(path)).Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void A_disposed_opening_holds_no_nonce()
    {
        (CommitmentOpening opening, _) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);

        opening.Dispose();

        Assert.Equal(-1, opening.Nonce.IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData("\"nonce\": \"", "\"nonce\": \"A", "The field 'nonce' must be the base64 text of 32 bytes.")]
    [InlineData("\"commitment\": \"", "\"commitment\": \"A", "The field 'commitment' must be 64 lower-case hexadecimal digits.")]
    [InlineData("watermark-opening/1", "watermark-opening/2", "The format 'watermark-opening/2' is not supported; this version reads 'watermark-opening/1'.")]
    [InlineData("\"nonce\":", "\"nonse\":", "The field 'nonce' is missing.")]
    public void Damaged_openings_are_refused_and_the_nonce_is_not_shown(string old, string changed, string message)
    {
        (CommitmentOpening opening, _) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        string path = folder.PathOf("opening");
        opening.Save(path);
        File.WriteAllText(path, File.ReadAllText(path).Replace(old, changed, StringComparison.Ordinal));

        InputFormatException exception = Assert.Throws<InputFormatException>(() => CommitmentOpening.Load(path));

        Assert.Equal($"{path}: {message}", exception.Message);
        Assert.DoesNotContain(Convert.ToBase64String(opening.Nonce)[..16], exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Registries_have_one_form_and_list_every_commitment_once()
    {
        CommittedKey[] entries = [.. Enumerable.Range(0, 3).Select(_ => KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System).Entry)];
        CommitmentRegistry registry = CommitmentRegistry.Empty.With(entries);
        string text = Encoding.UTF8.GetString(registry.ToBytes());

        Assert.Equal(entries, CommitmentRegistry.Read(registry.ToBytes()).Keys);
        Assert.Throws<ArgumentException>(() => registry.With(entries[1]));
        Assert.Contains("not laid out as it was written", Refused(text + "\n"), StringComparison.Ordinal);
        Assert.Contains("not laid out as it was written", Refused(text.Replace("    ", "\t", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("stands twice in the registry", Refused(text.Replace(entries[0].Commitment, entries[1].Commitment, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("The field 'keys' must be an array of at least one key.", Refused("""{"format": "watermark-commitments/1", "keys": []}"""));
        Assert.Equal("The field 'keys[0].context.h' is unknown; known are v, scheme, parameters, tokenizerHash, vocabularySize, selection.", Refused(text.Replace("\"v\": 1", "\"v\": 1,\"h\": 2", StringComparison.Ordinal)));

        static string Refused(string json) => Assert.Throws<InputFormatException>(() => CommitmentRegistry.Read(Encoding.UTF8.GetBytes(json))).Message;
    }

    [Fact]
    public void Any_damaged_registry_or_opening_is_read_or_refused()
    {
        (CommitmentOpening opening, CommittedKey entry) = KeyCommitment.Create(key, NGramSelection.Default, TimeProvider.System);
        string path = folder.PathOf("opening");
        opening.Save(path);

        FuzzRun.Run("commitments", [CommitmentRegistry.Empty.With(entry).ToBytes()], bytes => CommitmentRegistry.Read(bytes).ToBytes());
        FuzzRun.Run("opening", [File.ReadAllBytes(path)], bytes => CommitmentOpening.Read(bytes).Dispose());
    }

    private static KeyFile Key(byte[]? secret = null, Fraction? gamma = null, int vocabularySize = 1000, string tokenizerHash = "") => KeyFile.Create(
        new GreenListScheme { Gamma = gamma ?? Fraction.Quarter, Delta = 2.5, ContextWidth = 2 }, WatermarkKey.FromBytes(secret ?? Secret), "ids", vocabularySize, TimeProvider.System, tokenizerHash);
}
