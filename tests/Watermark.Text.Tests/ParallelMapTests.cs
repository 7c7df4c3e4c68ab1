namespace Watermark.Text.Tests;

public sealed class ParallelMapTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(500, 1)]
    [InlineData(500, 2)]
    [InlineData(500, 16)]
    public async Task Results_come_in_the_order_of_the_input(int count, int degree)
    {
        List<int> results = await Collect(ParallelMap.OrderedAsync(Enumerable.Range(0, count), Slow, degree));
        Assert.Equal(Enumerable.Range(0, count).Select(n => n * n), results);

        static int Slow(int n)
        {
            if (n % 7 == 0)
                Thread.Sleep(1);
            return n * n;
        }
    }

    [Fact]
    public async Task The_source_is_read_no_further_than_four_elements_a_thread_ahead()
    {
        int read = 0;
        int taken = 0;
        await foreach (int n in ParallelMap.OrderedAsync(Source(), n => n, 3))
        {
            Assert.Equal(taken++, n);
            Assert.InRange(read - taken, 0, 12);
        }

        Assert.Equal(200, taken);

        IEnumerable<int> Source()
        {
            for (; read < 200; read++)
                yield return read;
        }
    }

    [Fact]
    public async Task No_more_than_the_degree_runs_at_once()
    {
        int running = 0;
        int most = 0;
        await Collect(ParallelMap.OrderedAsync(Enumerable.Range(0, 60), n =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Thread.Sleep(1);
            Interlocked.Decrement(ref running);
            return n;
        }, 3));
        Assert.InRange(most, 1, 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Results_before_a_failure_come_out_whatever_the_number_of_threads(int degree)
    {
        var results = new List<int>();
        await Assert.ThrowsAsync<InputFormatException>(() => Collect(
            ParallelMap.OrderedAsync(Enumerable.Range(0, 100), n => n == 37 ? throw new InputFormatException() : n, degree), results));
        Assert.Equal(Enumerable.Range(0, 37), results);

        results.Clear();
        await Assert.ThrowsAsync<InputFormatException>(() => Collect(
            ParallelMap.OrderedAsync(Enumerable.Range(0, 100).Select(n => n == 37 ? throw new InputFormatException() : n), n => n, degree), results));
        Assert.Equal(Enumerable.Range(0, 37), results);
    }

    [Fact]
    public async Task Nothing_runs_any_more_when_the_enumeration_is_left()
    {
        int running = 0;
        await foreach (int n in ParallelMap.OrderedAsync(Enumerable.Range(0, 100), Work, 4))
        {
            if (n == 5)
                break;
        }

        Assert.Equal(0, Volatile.Read(ref running));

        int Work(int n)
        {
            Interlocked.Increment(ref running);
            Thread.Sleep(2);
            Interlocked.Decrement(ref running);
            return n;
        }
    }

    [Fact]
    public async Task Cancellation_stops_an_endless_input()
    {
        using var source = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int n in ParallelMap.OrderedAsync(Endless(), n => n, 4, source.Token))
            {
                if (++seen == 100)
                    await source.CancelAsync();
            }
        });
        Assert.InRange(seen, 100, 100 + 16);

        static IEnumerable<int> Endless()
        {
            for (int n = 0; ; n++)
                yield return n;
        }
    }

    [Fact]
    public void Arguments_are_checked_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ParallelMap.OrderedAsync(Enumerable.Range(0, 1), n => n, 0));

    private static async Task<List<T>> Collect<T>(IAsyncEnumerable<T> source, List<T>? results = null)
    {
        results ??= [];
        await foreach (T item in source)
            results.Add(item);
        return results;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen;)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
