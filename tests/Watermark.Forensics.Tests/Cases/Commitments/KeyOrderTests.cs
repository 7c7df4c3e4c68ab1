using Watermark.Forensics.Cases.Commitments;
using Watermark.Forensics.Cases.Timestamps;

namespace Watermark.Forensics.Tests.Cases.Commitments;

public sealed class KeyOrderTests
{
    private static readonly DateTimeOffset Stamped = new(2027, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly TimestampResult Valid = new() { Name = "commitments", GenTime = Stamped, Accuracy = TimeSpan.FromSeconds(2) };

    [Fact]
    public void A_stamp_before_the_first_record_says_nothing() => Assert.Null(KeyOrder.Fault(Valid, Stamped.AddSeconds(3)));

    [Fact]
    public void Everything_else_says_that_the_order_is_not_shown()
    {
        string?[] faults =
        [
            KeyOrder.Fault(null, Stamped),
            KeyOrder.Fault(null, null),
            KeyOrder.Fault(Valid, null),
            KeyOrder.Fault(Valid with { GenTime = null, Fault = "The chain holds no root." }, Stamped.AddYears(1)),
            KeyOrder.Fault(Valid, Stamped.AddSeconds(2)),
            KeyOrder.Fault(Valid, Stamped.AddDays(-1)),
        ];

        Assert.All(faults, fault => Assert.Contains("key not shown to precede the data", fault, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.EndsWith(".", fault, StringComparison.Ordinal));
        Assert.Equal("The time stamp of the registry of committed keys is not valid (The chain holds no root): key not shown to precede the data.", faults[3]);
        Assert.Equal("The committed keys were stamped at 2027-01-02T03:04:07Z, and the first reply was collected at 2027-01-01T03:04:05Z: key not shown to precede the data.", faults[5]);
    }
}
