using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Extensions.AI.Tests;

public sealed class DetectionTests
{
    private const string Question = "What is written?";

    // A key that did not mark gives ln p below -10 once in 22,000 keys; the keys and seeds here are fixed.
    private const double Control = -10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Marked_replies_are_found_under_their_key_only(bool stream)
    {
        using KeyedScheme owner = Texts.Scheme(1);
        using KeyedScheme other = Texts.Scheme(2);
        string text = Texts.Marked(owner, seed: 3);

        (string Text, DetectionResult? Result) found = await Ask(text, owner, stream);
        (string Text, DetectionResult? Result) control = await Ask(text, other, stream);

        Assert.Equal(text, found.Text);
        Assert.Equal(text, control.Text);
        Assert.True(found.Result!.Value.LogP < -50);
        Assert.True(control.Result!.Value.LogP > Control);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public async Task A_short_reply_is_a_result(string text)
    {
        using KeyedScheme owner = Texts.Scheme(1);

        (string passed, DetectionResult? result) = await Ask(text, owner, stream: false);

        Assert.Equal(text, passed);
        Assert.Equal(0, result!.Value.Scored);
    }

    [Fact]
    public async Task A_reply_that_copies_its_prompt_does_not_look_marked()
    {
        using KeyedScheme owner = Texts.Scheme(1);
        string text = Texts.Marked(owner, seed: 3);

        (_, DetectionResult? result) = await Ask(text, owner, stream: false, question: text);

        Assert.True(result!.Value.LogP > Control);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_scoring_fails_the_reply_passes_and_the_failure_is_counted(bool stream)
    {
        long failures = 0;
        using MeterListener listener = Listen("watermark.detection.failures", value => Interlocked.Add(ref failures, value));

        (string text, DetectionResult? result) = await Ask("a reply", scheme: null, stream);

        Assert.Equal("a reply", text);
        Assert.Null(result);
        Assert.True(Interlocked.Read(ref failures) >= 1);
    }

    [Fact]
    public async Task Replies_at_the_same_time_have_their_own_results_and_are_counted()
    {
        using KeyedScheme owner = Texts.Scheme(1);
        var detector = new WatermarkDetector(owner);
        string text = Texts.Marked(owner, seed: 3);
        long tokens = 0;
        using MeterListener listener = Listen("watermark.detection.tokens", value => Interlocked.Add(ref tokens, value));
        var told = new ConcurrentBag<double>();
        using IChatClient client = new ChatClientBuilder(new FakeChatClient(text))
            .UseWatermarkDetection(new() { Encode = Texts.Encode, DetectorFor = _ => detector, OnDetected = result => told.Add(result.LogP) })
            .Build();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => client.GetResponseAsync(Question))));

        Assert.Equal(64, told.Count);
        Assert.Single(told.Distinct());
        Assert.True(Interlocked.Read(ref tokens) >= 64 * text.Length);
    }

    [Fact]
    public async Task A_cancelled_stream_ends_without_a_score()
    {
        using KeyedScheme owner = Texts.Scheme(1);
        var detector = new WatermarkDetector(owner);
        int told = 0;
        using var client = new WatermarkDetectionChatClient(new FakeChatClient(Texts.Marked(owner, seed: 3)), new() { Encode = Texts.Encode, DetectorFor = _ => detector, OnDetected = _ => told++ });
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, cancellationToken: cancel.Token))
                await cancel.CancelAsync();
        });

        Assert.Equal(0, told);
    }

    [Fact]
    public void Wrong_options_are_refused_and_disposal_reaches_the_inner_client()
    {
        using KeyedScheme owner = Texts.Scheme(1);
        var inner = new FakeChatClient("");
        WatermarkDetectionOptions options = new() { Encode = Texts.Encode, DetectorFor = _ => new WatermarkDetector(owner) };

        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkDetectionChatClient(inner, options with { MaximumCharacters = 0 }));
        Assert.Throws<ArgumentNullException>(() => new WatermarkDetectionChatClient(inner, options with { Encode = null! }));
        new WatermarkDetectionChatClient(inner, options).Dispose();

        Assert.True(inner.Disposed);
    }

    private static async Task<(string Text, DetectionResult? Result)> Ask(string reply, KeyedScheme? scheme, bool stream, string question = Question)
    {
        using IChatClient client = new ChatClientBuilder(new FakeChatClient(reply))
            .UseWatermarkDetection(new() { Encode = Texts.Encode, DetectorFor = _ => new WatermarkDetector(scheme!) })
            .Build();
        ChatResponse response = stream
            ? await client.GetStreamingResponseAsync(question).ToChatResponseAsync()
            : await client.GetResponseAsync(question);
        return (response.Text, WatermarkDetectionChatClient.ResultOf(response));
    }

    private static MeterListener Listen(string name, Action<long> add)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == WatermarkTelemetry.Name && instrument.Name == name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => add(value));
        listener.Start();
        return listener;
    }
}
