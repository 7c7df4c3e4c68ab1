using System.Text;
using System.Text.RegularExpressions;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Tests.Schemes;

public sealed class VerifyMarksPageTests
{
    [Fact]
    public void Every_key_file_on_the_page_is_read_and_stands_under_its_schemes_name()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "src", "Watermark", "Schemes", "verify-marks-of-others.md")).ReplaceLineEndings("\n");
        int examples = 0;
        foreach (string section in page.Split("\n## ")[1..])
        {
            string name = section[..section.IndexOf('\n', StringComparison.Ordinal)];
            foreach (Match example in Regex.Matches(section, "```json\n(.*?)```", RegexOptions.Singleline))
            {
                using KeyFile key = KeyFile.Read(Encoding.UTF8.GetBytes(example.Groups[1].Value));
                Assert.Equal(name, key.Scheme.Name);
                Assert.Null(key.Secret.Weakness);
                using KeyedScheme scheme = key.ToKeyedScheme();
                Assert.Equal(key.Id, scheme.KeyId);
                examples++;
            }
        }

        Assert.True(examples >= 6);
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Watermark.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
    }
}
