namespace Watermark.Text.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_appears_when_it_is_complete()
    {
        string path = Path.Combine(folder.Path, "new", "sub", "file.bin");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("sync"u8);
            Assert.False(File.Exists(path));
            Assert.Equal($"{path}.{Environment.ProcessId}.tmp", Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
        });
        Assert.Equal("sync", await File.ReadAllTextAsync(path));
        await AtomicFile.WriteAsync(path, async stream =>
        {
            await stream.WriteAsync("async"u8.ToArray());
            Assert.Equal("sync", await File.ReadAllTextAsync(path));
        });
        Assert.Equal("async", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_failure_leaves_the_old_file_and_nothing_else()
    {
        string path = folder.Write("file.bin", "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidDataException();
        }));
        await Assert.ThrowsAsync<InvalidDataException>(() => AtomicFile.WriteAsync(path, async stream =>
        {
            await stream.WriteAsync("half"u8.ToArray());
            throw new InvalidDataException();
        }));
        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Cancellation_leaves_the_old_file_and_nothing_else()
    {
        string path = folder.Write("file.bin", "old");
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AtomicFile.WriteAsync(
            path,
            async stream =>
            {
                await stream.WriteAsync("half"u8.ToArray());
                await source.CancelAsync();
            },
            source.Token));
        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_is_not_replaced()
    {
        IOException exception = Assert.Throws<IOException>(() => AtomicFile.Write(folder.Path, _ => { }));
        Assert.Equal($"{folder.Path} is a folder; a file is to be written there.", exception.Message);
    }
}
