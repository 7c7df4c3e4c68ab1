using Parquet.Meta;

namespace Watermark.Text.Records;

/// <summary>A field of a Parquet schema, with the levels at which it is present (Dremel's encoding; parquet-format, "Nested Encoding").</summary>
internal sealed class ParquetNode
{
    /// <summary>The field's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is required, optional or repeated.</summary>
    public required FieldRepetitionType Repetition { get; init; }

    /// <summary>The definition level at which a value of the field, or an element of a repeated one, is there.</summary>
    public required int Definition { get; init; }

    /// <summary>The repetition level of a further element of this field, if it is repeated.</summary>
    public required int RepetitionLevel { get; init; }

    /// <summary>The fields within; empty for a column.</summary>
    public List<ParquetNode> Children { get; } = [];

    /// <summary>The first column within, or this column.</summary>
    public required int FirstColumn { get; init; }

    /// <summary>The number of columns within.</summary>
    public int Columns { get; private set; } = 1;

    /// <summary>For a list or map: the repeated field within; else null.</summary>
    public ParquetNode? Repeated { get; private set; }

    /// <summary>For the repeated field of a list: whether it only wraps the element.</summary>
    public bool IsWrapper { get; private set; }

    /// <summary>The top-level fields of a schema, which is stored as a flat list, depth first.</summary>
    /// <exception cref="InvalidDataException">The list forms no tree, or two fields have the same name.</exception>
    public static List<ParquetNode> Read(IReadOnlyList<SchemaElement> schema)
    {
        int next = 0;
        int column = 0;
        if (schema.Count == 0)
            throw new InvalidDataException();
        SchemaElement root = schema[next++];
        List<ParquetNode> fields = ReadChildren(root, 0, 0, 0);
        return next == schema.Count ? fields : throw new InvalidDataException();

        List<ParquetNode> ReadChildren(SchemaElement parent, int definition, int repetition, int depth)
        {
            var children = new List<ParquetNode>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (int i = 0; i < parent.NumChildren; i++)
            {
                if (next >= schema.Count || depth > 60)
                    throw new InvalidDataException();
                SchemaElement element = schema[next++];
                FieldRepetitionType kind = element.RepetitionType ?? FieldRepetitionType.REQUIRED;
                var node = new ParquetNode
                {
                    Name = element.Name,
                    Repetition = kind,
                    Definition = definition + (kind == FieldRepetitionType.REQUIRED ? 0 : 1),
                    RepetitionLevel = repetition + (kind == FieldRepetitionType.REPEATED ? 1 : 0),
                    FirstColumn = column,
                };
                if (element.NumChildren is > 0)
                {
                    node.Children.AddRange(ReadChildren(element, node.Definition, node.RepetitionLevel, depth + 1));
                    node.Columns = column - node.FirstColumn;
                    node.FindList(element);
                }
                else
                {
                    column++;
                }

                children.Add(names.Add(node.Name) ? node : throw new InvalidDataException());
            }

            return children;
        }
    }

    private void FindList(SchemaElement element)
    {
        bool annotated = element.ConvertedType is ConvertedType.LIST or ConvertedType.MAP or ConvertedType.MAP_KEY_VALUE || element.LogicalType?.LIST is not null || element.LogicalType?.MAP is not null;
        if (!annotated || Children is not [{ Repetition: FieldRepetitionType.REPEATED } repeated])
            return;
        Repeated = repeated;
        // The rules for lists of older writers (parquet-format, "Backward-compatibility rules").
        repeated.IsWrapper = repeated.Children.Count == 1 && repeated.Name != "array" && repeated.Name != Name + "_tuple";
    }
}
