namespace Watermark.Statistics;

/// <summary>Placeholder.</summary>
public static class BinomialTail
{
    /// <summary>Placeholder.</summary>
    public static double LogUpperTail(long trials, long successes, Fraction gamma) => throw new NotImplementedException();
}

/// <summary>Placeholder.</summary>
public static class GammaTail
{
    /// <summary>Placeholder.</summary>
    public static double LogUpperTail(long shape, double sum) => throw new NotImplementedException();
}

/// <summary>Placeholder.</summary>
public static class BetaMixtureEValue
{
    /// <summary>Placeholder.</summary>
    public static double LogE(long trials, long successes, Fraction gamma) => throw new NotImplementedException();
}

/// <summary>Placeholder.</summary>
public static class ExponentialMixtureEValue
{
    /// <summary>Placeholder.</summary>
    public static double LogE(long rows, double sum) => throw new NotImplementedException();
}
