using System.Text;
using Watermark.Forensics.Cases.Collection;

namespace Watermark.Cli.Endpoints;

/// <summary>
/// The innermost handler: hands the exact bytes of each attempt's request and answer to the collection log, and never a
/// header of the request. An answer that repeats the API key is not kept.
/// </summary>
/// <param name="apiKey">The API key; null where none is sent.</param>
/// <param name="inner">Sends the request.</param>
internal sealed class WireHandler(string? apiKey, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly string[] RequestIdHeaders = ["x-request-id", "request-id", "apim-request-id"];

    private readonly byte[]? secret = apiKey is null ? null : Encoding.UTF8.GetBytes(apiKey);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        WireExchange exchange = WireExchange.Current ?? throw new InvalidOperationException("A request was sent outside of a collection.");
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (body.Length > CollectionLog.LargestBody)
            throw new InputFormatException("A request is larger than 8 MiB.");
        if (secret is null)
            request.Headers.Authorization = null;
        exchange.Sending(request.RequestUri!, body);
        (HttpResponseMessage response, byte[] answer) = await ReceiveAsync(request, exchange, cancellationToken).ConfigureAwait(false);
        string? requestId = RequestIdHeaders.Select(name => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null).FirstOrDefault(id => id is not null);
        if (secret is not null && (answer.AsSpan().IndexOf(secret) >= 0 || requestId?.Contains(apiKey!, StringComparison.Ordinal) == true))
        {
            response.Dispose();
            exchange.Failed("the answer repeats the API key and is not kept");
            throw new InvalidOperationException("The answer repeats the API key.");
        }

        exchange.Received((int)response.StatusCode, requestId, answer);
        var kept = new ByteArrayContent(answer);
        foreach ((string name, IEnumerable<string> values) in response.Content.Headers)
            kept.Headers.TryAddWithoutValidation(name, values);
        response.Content.Dispose();
        response.Content = kept;
        return response;
    }

    private async Task<(HttpResponseMessage Response, byte[] Body)> ReceiveAsync(HttpRequestMessage request, WireExchange exchange, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        string failure;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(CollectionLog.LargestBody, cancellationToken).ConfigureAwait(false);
            return (response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            response?.Dispose();
            exchange.Failed("no answer came before the request was given up");
            throw;
        }
        catch (HttpRequestException exception)
        {
            failure = $"no answer came ({exception.HttpRequestError})";
        }
        catch (IOException)
        {
            failure = "the answer broke off";
        }

        response?.Dispose();
        exchange.Failed(failure);
        throw new HttpRequestException(failure);
    }
}
