using System.Diagnostics;
using System.Globalization;
using Watermark.Randomness;

namespace Watermark.TestKit.Fuzzing;

/// <summary>
/// Tests a reader with damaged input. Each input is a valid one with one to four changes of <see cref="Mutation"/>. The
/// reader must read it or refuse it by an allowed exception with a message of one line. Anything else fails: the message
/// then names seed and number of the input, and the input is saved.
/// </summary>
/// <remarks>
/// <c>FuzzRun.Run("plan", [seed], bytes => PlanJson.Read(bytes));</c> tries <see cref="FuzzOptions.Inputs"/> inputs. With
/// the environment variable <see cref="SecondsVariable"/> each run goes on for that many seconds.
/// </remarks>
public static class FuzzRun
{
    /// <summary>The environment variable with the seconds of a long run.</summary>
    public const string SecondsVariable = "WATERMARK_FUZZ_SECONDS";

    private const int MostChanges = 4;

    /// <summary>Runs the reader on the valid inputs, then on damaged ones.</summary>
    /// <param name="name">A name for messages and for the saved input, such as <c>key-file</c>.</param>
    /// <param name="seeds">Valid inputs, at least one; the reader must read each.</param>
    /// <param name="read">The reader. It may keep nothing between two calls.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="FuzzFailureException">The reader threw something else, wrote a message of several lines, or did not end.</exception>
    public static FuzzReport Run(string name, IReadOnlyList<byte[]> seeds, Action<byte[]> read, FuzzOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(read);
        options ??= new FuzzOptions();
        foreach (byte[] seed in seeds)
            read([.. seed]);

        TimeSpan? time = Time();
        long started = Stopwatch.GetTimestamp();
        var report = new FuzzReport();
        for (ulong number = 0; time is { } limit ? Stopwatch.GetElapsedTime(started) < limit : number < (ulong)options.Inputs; number++)
        {
            byte[] input = Input(seeds, number, options);
            bool wasRead = Try(name, input, number, read, options);
            report = new FuzzReport(report.Inputs + 1, report.Read + (wasRead ? 1 : 0), report.Refused + (wasRead ? 0 : 1));
        }

        return report;
    }

    /// <summary>One damaged input, to repeat a failure.</summary>
    /// <param name="seeds">The valid inputs of the run.</param>
    /// <param name="number">The input's number in the failure's message.</param>
    /// <param name="options">The options of the run; null for the defaults.</param>
    public static byte[] Input(IReadOnlyList<byte[]> seeds, ulong number, FuzzOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        options ??= new FuzzOptions();
        var random = new SeededRandomBits(options.Seed, number);
        byte[] input = seeds[(int)random.NextBelow((ulong)seeds.Count)];
        for (ulong changes = 1 + random.NextBelow(MostChanges); changes > 0; changes--)
            input = Mutation.Apply(input, seeds, random);
        return options.Mend is { } mend && random.NextBelow(2) == 0 ? mend(input) : input;
    }

    private static bool Try(string name, byte[] input, ulong number, Action<byte[]> read, FuzzOptions options)
    {
        Exception? thrown = null;
        Task task = Task.Run(() =>
        {
            try
            {
                read([.. input]);
            }
            catch (Exception exception) // Whatever a reader throws is judged below.
            {
                thrown = exception;
            }
        });
        if (!task.Wait(options.Patience))
            throw Failure($"did not end within {options.Patience}", null);
        if (thrown is null)
            return true;
        if (!options.Allowed.Any(type => type.IsInstanceOfType(thrown)))
            throw Failure($"threw {thrown.GetType().Name}", thrown);
        if (thrown.Message.AsSpan().IndexOfAny('\n', '\r') >= 0 || thrown.Message.Length == 0)
            throw Failure("refused with a message that is not one line", thrown);
        return false;

        FuzzFailureException Failure(string what, Exception? cause)
        {
            Directory.CreateDirectory(options.FailureFolder);
            string path = Path.Combine(options.FailureFolder, string.Create(CultureInfo.InvariantCulture, $"{name}-{options.Seed}-{number}.bin"));
            File.WriteAllBytes(path, input);
            return new FuzzFailureException(
                string.Create(CultureInfo.InvariantCulture, $"The reader of {name} {what} on input {number} of seed {options.Seed}, saved as {path}. {cause}"), cause);
        }
    }

    private static TimeSpan? Time() =>
        double.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), CultureInfo.InvariantCulture, out double seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
}
