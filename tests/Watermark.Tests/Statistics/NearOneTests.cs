using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class NearOneTests
{
    [Fact]
    public void Small_arguments_keep_their_digits()
    {
        for (double x = 1e-300; x < 0.25; x *= 1.7)
        {
            foreach (double signed in new[] { x, -x })
            {
                double log = 0;
                double exponential = 0;
                double power = signed;
                double factorial = signed;
                for (int i = 1; i < 40; i++)
                {
                    log += (i % 2 == 1 ? power : -power) / i;
                    power *= signed;
                    exponential += factorial;
                    factorial *= signed / (i + 1);
                }

                Accuracy.Within(log, NearOne.Log1P(signed), 0, 1e-15, $"log1p {signed:R}");
                Accuracy.Within(exponential, NearOne.ExpM1(signed), 0, 1e-15, $"expm1 {signed:R}");
            }
        }
    }

    [Fact]
    public void The_complement_in_logarithms_inverts_itself()
    {
        foreach (double x in new[] { -1e-12, -0.1, -0.49, -0.51, -0.6931471805599453, -3, -30 })
            Accuracy.Within(x, NearOne.LogOneMinusExp(NearOne.LogOneMinusExp(x)), 0, 1e-12, $"{x:R}");
        Assert.False(double.IsNegative(NearOne.LogOneMinusExp(-1000)));
    }
}
