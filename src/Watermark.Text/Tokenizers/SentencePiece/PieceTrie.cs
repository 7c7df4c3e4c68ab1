namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>Finds which of many byte strings a text begins with. A double array: one look-up a byte.</summary>
internal sealed class PieceTrie
{
    /// <summary>The node of the empty string.</summary>
    public const int Root = 0;

    private const int Crowded = 256;

    private Node[] nodes = new Node[512];

    /// <summary>Creates the trie.</summary>
    /// <param name="strings">Non-empty strings and their values, 0 or more; of equal strings the last one counts.</param>
    public PieceTrie(IEnumerable<(byte[] Bytes, int Value)> strings)
    {
        (byte[] Bytes, int Value, int Order)[] sorted = [.. strings.Select((item, order) => (item.Bytes, item.Value, order))];
        Array.Sort(sorted, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes) is var order and not 0 ? order : a.Order.CompareTo(b.Order));
        Array.Fill(nodes, Node.Free);
        nodes[Root] = new Node(-1, 0, -1);
        Build(sorted);
    }

    /// <summary>Follows one byte; -1 where no string goes on so.</summary>
    /// <param name="node">A node.</param>
    /// <param name="next">The byte.</param>
    public int Step(int node, byte next)
    {
        int child = nodes[node].Base + next;
        return (uint)child < (uint)nodes.Length && nodes[child].Parent == node ? child : -1;
    }

    /// <summary>The value of the string that ends at a node; -1 where none does.</summary>
    /// <param name="node">A node.</param>
    public int Value(int node) => nodes[node].Value;

    /// <summary>The longest string that a text begins with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The string's value; -1 where there is none.</param>
    /// <returns>Its length; 0 where there is none.</returns>
    public int LongestPrefix(ReadOnlySpan<byte> text, out int value)
    {
        value = -1;
        int length = 0;
        int node = Root;
        for (int i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            if (node < 0)
                break;
            if (nodes[node].Value >= 0)
                (length, value) = (i + 1, nodes[node].Value);
        }

        return length;
    }

    /// <summary>The value of a whole string; -1 where it is none of the strings.</summary>
    /// <param name="text">The string.</param>
    public int Find(ReadOnlySpan<byte> text)
    {
        int node = Root;
        foreach (byte next in text)
        {
            node = Step(node, next);
            if (node < 0)
                return -1;
        }

        return nodes[node].Value;
    }

    private void Build((byte[] Bytes, int Value, int Order)[] sorted)
    {
        var open = new Stack<(int Node, int From, int To, int Depth)>();
        open.Push((Root, 0, sorted.Length, 0));
        Span<byte> labels = stackalloc byte[256];
        Span<int> starts = stackalloc int[257];
        int firstFree = 1;
        while (open.TryPop(out (int Node, int From, int To, int Depth) range))
        {
            int from = range.From;
            for (; from < range.To && sorted[from].Bytes.Length == range.Depth; from++)
                nodes[range.Node].Value = sorted[from].Value;
            int count = 0;
            for (int i = from; i < range.To; i++)
            {
                byte label = sorted[i].Bytes[range.Depth];
                if (count > 0 && labels[count - 1] == label)
                    continue;
                labels[count] = label;
                starts[count++] = i;
            }

            if (count == 0)
                continue;
            starts[count] = range.To;
            int place = Place(labels[..count], ref firstFree);
            nodes[range.Node].Base = place;
            for (int i = 0; i < count; i++)
                nodes[place + labels[i]] = new Node(range.Node, 0, -1);
            for (int i = 0; i < count; i++)
                open.Push((place + labels[i], starts[i], starts[i + 1], range.Depth + 1));
        }
    }

    /// <summary>A base where the slots of all labels are free.</summary>
    private int Place(ReadOnlySpan<byte> labels, ref int firstFree)
    {
        while (firstFree < nodes.Length && nodes[firstFree].Parent != Node.NoParent)
            firstFree++;
        for (int slot = Math.Max(firstFree, labels[0]); ; slot++)
        {
            int place = slot - labels[0];
            if (place + 255 >= nodes.Length)
            {
                int old = nodes.Length;
                Array.Resize(ref nodes, 2 * old);
                nodes.AsSpan(old).Fill(Node.Free);
            }

            bool free = true;
            for (int i = 0; free && i < labels.Length; i++)
                free = nodes[place + labels[i]].Parent == Node.NoParent;
            if (!free)
                continue;
            // A crowded stretch is given up: a little memory for a build time that stays linear.
            if (slot - firstFree > Crowded)
                firstFree = slot;
            return place;
        }
    }

    private struct Node(int parent, int @base, int value)
    {
        public const int NoParent = -2;

        public readonly int Parent = parent;
        public int Base = @base;
        public int Value = value;

        public static Node Free => new(NoParent, 0, -1);
    }
}
