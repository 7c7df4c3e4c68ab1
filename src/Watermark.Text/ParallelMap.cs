using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Watermark.Text;

/// <summary>Does work on several threads and returns the results in the order of the input.</summary>
public static class ParallelMap
{
    private const int LookAheadPerThread = 4;

    /// <summary>
    /// Maps every element on up to <paramref name="degree"/> threads and yields the results in input order. If the source or
    /// the map fails, the results before the failure are yielded first, so the output does not depend on the number of
    /// threads.
    /// </summary>
    /// <typeparam name="TIn">An element.</typeparam>
    /// <typeparam name="TOut">A result.</typeparam>
    /// <param name="source">The elements; enumerated only by the thread that asks for results.</param>
    /// <param name="map">The work; called from several threads.</param>
    /// <param name="degree">Threads, at least 1.</param>
    /// <param name="cancellationToken">Stops between elements.</param>
    /// <remarks>
    /// Memory: at most 4 · <paramref name="degree"/> elements or results. When the enumeration ends, for any reason, no call
    /// of the map is running, so the resources of the map may be disposed.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IAsyncEnumerable<TOut> OrderedAsync<TIn, TOut>(
        IEnumerable<TIn> source, Func<TIn, TOut> map, int degree, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        return Ordered(source, map, degree, cancellationToken);
    }

    private static async IAsyncEnumerable<TOut> Ordered<TIn, TOut>(
        IEnumerable<TIn> source, Func<TIn, TOut> map, int degree, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // At most this many tasks of the scheduler run at once; the others wait in it.
        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, degree).ConcurrentScheduler;
        var pending = new Queue<Task<TOut>>();
        try
        {
            using IEnumerator<TIn> elements = source.GetEnumerator();
            ExceptionDispatchInfo? failure = null;
            bool more = true;
            while (more || pending.Count > 0)
            {
                while (more && pending.Count < LookAheadPerThread * degree)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    more = TryNext(elements, out TIn? element, out failure);
                    if (more)
                        pending.Enqueue(Task.Factory.StartNew(() => map(element!), stop.Token, TaskCreationOptions.DenyChildAttach, scheduler));
                }

                if (pending.TryPeek(out Task<TOut>? first))
                {
                    TOut result = await first.ConfigureAwait(false);
                    _ = pending.Dequeue();
                    yield return result;
                }
            }

            failure?.Throw();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((IEnumerable<Task>)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Takes the next element; keeps the failure of a source until the results before it have been returned.
    /// </summary>
    private static bool TryNext<T>(IEnumerator<T> elements, out T? element, out ExceptionDispatchInfo? failure)
    {
        failure = null;
        element = default;
        try
        {
            if (!elements.MoveNext())
                return false;
            element = elements.Current;
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
            return false;
        }
    }
}
