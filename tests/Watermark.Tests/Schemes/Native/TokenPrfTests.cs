using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Native;

public sealed class TokenPrfTests
{
    private static readonly JsonElement Vectors = Golden.Load("native-prf");

    [Fact]
    public void Every_golden_lane_comes_out_on_every_path()
    {
        using WatermarkKey key = WatermarkKey.FromBytes(Convert.FromHexString(Vectors.GetProperty("secret").GetString()!));
        foreach (JsonElement item in Vectors.GetProperty("cases").EnumerateArray())
        {
            string purpose = item.GetProperty("info").GetString()!.Split('/')[2];
            int[] context = item.GetProperty("context").Ints();
            int laneShift = purpose == "gumbel" ? 2 : 3;
            foreach (AesPath path in AesPaths.Supported)
            {
                using var prf = new TokenPrf(key, purpose, context.Length, laneShift, path);
                foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
                {
                    int token = row.GetProperty("token").GetInt32();
                    var block = new byte[16];
                    prf.EncryptRows(new NGramRows([.. context, token], 1, context.Length, 1), block);
                    Assert.Equal(row.GetProperty("lane").GetUInt32(), Lane(block, token, laneShift));
                }
            }
        }
    }

    [Property(MaxTest = 400)]
    public bool Every_path_equals_the_definition(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        int width = (int)random.NextBelow(9);
        int count = (int)random.NextBelow(258);
        int laneShift = 2 + (int)random.NextBelow(2);
        int stride = count + (int)random.NextBelow(3);
        var data = new int[(width * stride) + count];
        for (int i = 0; i < data.Length; i++)
            data[i] = (int)random.NextBelow(int.MaxValue);
        var rows = new NGramRows(data, count, width, stride);
        byte[] expected = Defined(key, rows, laneShift);
        bool equal = true;
        foreach (AesPath path in AesPaths.Supported)
        {
            using var prf = new TokenPrf(key, "green-list", width, laneShift, path);
            var blocks = new byte[16 * count];
            prf.EncryptRows(rows, blocks);
            equal &= blocks.AsSpan().SequenceEqual(expected);
            if (count == 0)
                continue;

            // The same row through the sparse and the dense entrance.
            int[] context = [.. Enumerable.Range(0, width).Select(column => data[column * stride])];
            int token = data[width * stride];
            Vector128<uint> field = prf.ContextField(context);
            var candidate = new byte[16];
            prf.EncryptCandidates(field, [token], candidate);
            var neighbours = new byte[48];
            prf.EncryptVocabulary(field, ((uint)token >> laneShift) - 1, neighbours);
            equal &= candidate.AsSpan().SequenceEqual(expected.AsSpan(0, 16)) && neighbours.AsSpan(16, 16).SequenceEqual(candidate);
        }

        return equal;
    }

    [Property(MaxTest = 300)]
    public bool Vector_layout_equals_its_scalar_twin(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        int count = (int)random.NextBelow(258);
        int filled = (int)random.NextBelow(4);
        int[][] words = [.. Enumerable.Range(0, 5).Select(index => index is > 0 and < 4 && index > filled ? [] : Ints(random, count))];
        var gathered = new byte[16 * count];
        var expected = new byte[16 * count];
        PrfBlocks.Gather(words[1], words[2], words[3], words[4], 3, gathered);
        PrfBlocks.GatherScalar(words[1], words[2], words[3], words[4], 3, expected);
        bool equal = gathered.AsSpan().SequenceEqual(expected);
        PrfBlocks.Mix(words[0], words[1], words[2], words[3], gathered);
        PrfBlocks.MixScalar(words[0], words[1], words[2], words[3], expected);
        return equal && gathered.AsSpan().SequenceEqual(expected);
    }

    [Fact]
    public void A_wrong_context_is_refused()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var prf = new TokenPrf(key, "green-list", 2, 3, AesPaths.Best);
        Assert.Throws<ArgumentException>(() => prf.ContextField([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenPrf(key, "green-list", 9, 3, AesPaths.Best));
    }

    private static byte[] Defined(WatermarkKey key, NGramRows rows, int laneShift)
    {
        Span<byte> keys = stackalloc byte[32];
        key.DeriveSchemeKey("green-list", rows.ContextWidth, keys);
        using var prf = Aes.Create();
        using var mac = Aes.Create();
        prf.SetKey(keys[..16]);
        mac.SetKey(keys[16..]);
        var result = new byte[16 * rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            var context = new byte[(rows.ContextWidth + 3) / 4 * 16];
            for (int i = 0; i < rows.ContextWidth; i++)
                BinaryPrimitives.WriteInt32LittleEndian(context.AsSpan(4 * i), rows.Column(i)[row]);
            byte[] field = rows.ContextWidth switch
            {
                0 => new byte[16],
                <= 3 => context,
                _ => mac.EncryptCbc(context, new byte[16], PaddingMode.None)[^16..],
            };
            BinaryPrimitives.WriteInt32LittleEndian(field.AsSpan(12), rows.Tokens[row] >> laneShift);
            prf.EncryptEcb(field, result.AsSpan(16 * row), PaddingMode.None);
        }

        return result;
    }

    private static uint Lane(byte[] block, int token, int laneShift) => laneShift == 3
        ? BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(2 * (token % 8)))
        : BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(4 * (token % 4)));

    private static int[] Ints(SeededRandomBits random, int count)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++)
            values[i] = (int)random.NextBelow(int.MaxValue);
        return values;
    }
}
