using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class SignFlipTestTests
{
    // All patterns of signs, counted.
    [Fact]
    public void The_p_value_is_the_share_of_sign_patterns()
    {
        var random = new SeededRandomBits(2);
        for (int repetition = 0; repetition < 60; repetition++)
        {
            int[] differences = [.. Enumerable.Range(0, 1 + (repetition % 12)).Select(_ => (int)random.NextBelow(41) - 18)];
            long total = differences.Sum();
            int reached = 0;
            for (int pattern = 0; pattern < 1 << differences.Length; pattern++)
            {
                long sum = 0;
                for (int i = 0; i < differences.Length; i++)
                    sum += ((pattern >> i) & 1) == 0 ? Math.Abs(differences[i]) : -Math.Abs(differences[i]);
                reached += sum >= total ? 1 : 0;
            }

            Assert.Equal(Math.Log((double)reached / (1 << differences.Length)), SignFlipTest.LogP(differences, out TailMethod method), 9);
            Assert.Equal(TailMethod.Exact, method);
        }
    }

    // 21, 5, −8, 31, 14: three of 32 patterns reach 63.
    [Fact]
    public void A_small_example_counts_three_of_thirty_two() =>
        Assert.Equal(Math.Log(3.0 / 32), SignFlipTest.LogP([21, 5, -8, 31, 14], out _), 9);

    [Fact]
    public void Nothing_gives_no_evidence()
    {
        Assert.Equal(0, SignFlipTest.LogP([], out _));
        Assert.Equal(0, SignFlipTest.LogP([0, 0], out _));
        Assert.Equal(0, SignFlipTest.LogP([-3, -1], out _));
    }
}
