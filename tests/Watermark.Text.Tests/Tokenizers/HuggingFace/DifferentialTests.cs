using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Settings drawn at random, against the reference library. A longer run: set <see cref="Variable"/> to a number of files.</summary>
public sealed class DifferentialTests : IDisposable
{
    private const string Variable = "WATERMARK_TOKENIZER_FILES";
    private const int Files = 400;
    private const int TextsPerFile = 25;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ReferenceFact]
    public void Settings_at_random_give_the_ids_and_the_text_of_the_reference()
    {
        int files = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int asked) ? asked : Files;
        string precompiled = Convert.ToBase64String(CharacterRules("earlier-bpe-nmt-nfkc.model"));
        int refused = 0;
        int compared = 0;
        var differences = new StringBuilder();
        for (int seed = 0; seed < files; seed++)
        {
            var tokenizers = new RandomTokenizers(new Random(seed), precompiled);
            string path = folder.Write("tokenizer.json", tokenizers.File());
            TextTokenizer ours;
            try
            {
                ours = TextTokenizer.Load(path);
            }
            catch (InputFormatException error)
            {
                // An added token of which the normalizer leaves nothing, which the reference finds between all characters.
                Assert.Contains("added_tokens: the normalizer leaves nothing of", error.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            using var reference = new ReferenceEncoder(path);
            for (int i = 0; i < TextsPerFile; i++)
            {
                string text = tokenizers.Text();
                int[] right = reference.Encode(text);
                compared++;
                if (reference.Decode(right) != ours.Decode(right))
                    differences.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {string.Join(' ', right)} decode to {JsonSerializer.Serialize(ours.Decode(right))}, right: {JsonSerializer.Serialize(reference.Decode(right))}");
                if (!right.SequenceEqual(ours.Encode(text)))
                    differences.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {JsonSerializer.Serialize(text)} gives {string.Join(' ', ours.Encode(text))}, right: {string.Join(' ', right)}");
            }
        }

        Assert.True(differences.Length == 0, differences.ToString());
        Assert.True(refused < files / 50, $"{refused} of {files} files were refused.");
        Assert.True(compared > files * TextsPerFile * 49 / 50);
    }

    /// <summary>The normalization rules of a SentencePiece model: field 2 of field 3.</summary>
    private static byte[] CharacterRules(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece", name));
        return Field(Field(file, 3), 2);

        byte[] Field(byte[] message, int number)
        {
            var reader = new ProtoReader(message, name, "message", 0);
            while (reader.Next())
            {
                if (reader.Field == number)
                    return reader.Bytes().ToArray();
                reader.Skip();
            }

            throw new InvalidDataException($"{name} has no field {number}.");
        }
    }
}
