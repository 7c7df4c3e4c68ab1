using System.Buffers.Binary;
using System.Text;
using Watermark.TestKit;
using Watermark.TestKit.Fuzzing;
using Watermark.TorchSharp.Checkpoints;
using Watermark.Models.Checkpoints;

namespace Watermark.TorchSharp.Tests.Checkpoints;

/// <summary>Damaged and forged files of checkpoints are refused in one sentence.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Configurations => new(HostileInputs.Names("cfg-"));

    public static TheoryData<string> WeightFiles => new(HostileInputs.Names("st-"));

    public static TheoryData<string> Indexes => new(HostileInputs.Names("idx-"));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_configuration_that_was_read_wrongly_is_refused_with_path_and_place(string name) =>
        AssertNotUnicode(HostileInputs.PathOf(name), path => HuggingFaceConfiguration.Read(path));

    [Theory]
    [MemberData(nameof(WeightFiles))]
    public void A_weight_file_that_was_read_wrongly_is_refused_with_path_and_place(string name) =>
        AssertNotUnicode(HostileInputs.PathOf(name), path => SafetensorsFile.Open(path).Dispose());

    [Theory]
    [MemberData(nameof(Indexes))]
    public void An_index_that_was_read_wrongly_is_refused_with_path_and_place(string name) =>
        AssertNotUnicode(HostileInputs.PathOf(name), path => HuggingFaceCheckpoint.ReadIndex(path));

    [Theory]
    [InlineData("vocab_size", 2147483647)]
    [InlineData("num_hidden_layers", 2147483647)]
    [InlineData("intermediate_size", 2147483647)]
    public void A_configuration_of_a_model_larger_than_its_weights_is_refused_before_memory_is_asked_for(string member, int value)
    {
        new TinyCheckpoint { Family = "llama" }.Draw(1).Write(folder.Path);
        string path = folder["config.json"];
        System.Text.Json.Nodes.JsonNode configuration = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
        configuration[member] = value;
        File.WriteAllText(path, configuration.ToJsonString());

        InputFormatException exception = Assert.Throws<InputFormatException>(() => HuggingFaceCheckpoint.Load(folder.Path));

        Assert.Contains($"'{path}' describes a model of at least", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_change_of_a_configuration_is_read_or_refused()
    {
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes(new TinyCheckpoint { Family = "llama", Scaling = (8, 1, 4, 8192) }.Configuration()),
            Encoding.UTF8.GetBytes(new TinyCheckpoint { Family = "mistral", Window = 4 }.Configuration()),
        ];
        string path = folder["config.json"];

        FuzzRun.Run("config", seeds, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            HuggingFaceConfiguration.Read(path);
        }, new FuzzOptions { Inputs = 1000 });
    }

    [Fact]
    public void Any_change_of_a_weight_file_is_read_or_refused()
    {
        string path = folder["a.safetensors"];
        TinyCheckpoint.WriteFile(
            path,
            """{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"s":{"dtype":"F16","shape":[],"data_offsets":[32,34]}}""",
            new byte[34]);
        byte[] seed = File.ReadAllBytes(path);

        FuzzRun.Run("safetensors", [seed], bytes =>
        {
            File.WriteAllBytes(path, bytes);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Names)
                file.Read(name).Dispose();
        }, new FuzzOptions { Inputs = 1000, Mend = Mend });
    }

    [Fact]
    public void Any_change_of_an_index_is_read_or_refused()
    {
        byte[] seed = """{"metadata":{"total_size":1},"weight_map":{"a":"m1.safetensors","b":"m2.safetensors"}}"""u8.ToArray();
        string path = folder["index.json"];

        FuzzRun.Run("index", [seed], bytes =>
        {
            File.WriteAllBytes(path, bytes);
            HuggingFaceCheckpoint.ReadIndex(path);
        }, new FuzzOptions { Inputs = 1000 });
    }

    /// <summary>Makes the header's length right.</summary>
    private static byte[] Mend(byte[] bytes)
    {
        if (bytes.Length < 10 || JsonHeader.Length(bytes.AsSpan(8)) is not { } length)
            return bytes;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        return bytes;
    }

    private static void AssertNotUnicode(string path, Action<string> read)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => read(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Matches(@"holds a text that is not valid Unicode \(line 1, byte \d+\)\.$", exception.Message);
    }
}
