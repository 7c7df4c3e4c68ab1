using System.Runtime.InteropServices;
using Watermark.Scoring;

namespace Watermark.Native;

/// <summary>The test of a text, laid out as <c>wm_detection</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Detection
{
    public long Tokens;
    public long Scored;
    public long Green;
    public long Trials;
    public double Gamma;
    public double Score;
    public double LnP;
    public double LnE;

    /// <summary>Copies what C needs.</summary>
    public static Detection Of(DetectionResult result, long trialsPerRow) => new()
    {
        Tokens = result.Tokens,
        Scored = result.Scored,
        Green = result.Green ?? -1,
        Trials = result.Green is null ? -1 : result.Scored * trialsPerRow,
        Gamma = result.Gamma is { } gamma ? gamma.ToDouble() : double.NaN,
        Score = result.Score,
        LnP = result.LogP,
        LnE = result.LogE,
    };
}
