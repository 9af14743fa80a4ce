namespace Ps3Platform.Screens.Feed;

/// <summary>Which tiles of a screen have changed. Not for two threads at once.</summary>
internal sealed class DamageMap
{
    /// <summary>Pixels in a line of a tile.</summary>
    public const int TileWidth = 64;

    /// <summary>Lines of a tile.</summary>
    public const int TileHeight = 16;

    private int _width;
    private int _height;
    private int _columns;
    private bool[] _tiles = [];

    /// <summary>True when no tile has changed.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>The screen has this size now; all of it has changed.</summary>
    public void Resize(int width, int height)
    {
        (_width, _height) = (width, height);
        _columns = Tiles(width, TileWidth);
        _tiles = new bool[_columns * Tiles(height, TileHeight)];
        AddAll();
    }

    /// <summary>Everything has changed.</summary>
    public void AddAll()
    {
        Array.Fill(_tiles, true);
        IsEmpty = false;
    }

    /// <summary>A tile has changed.</summary>
    public void Add(int column, int row)
    {
        _tiles[(row * _columns) + column] = true;
        IsEmpty = false;
    }

    /// <summary>What has changed in another map of the same size has changed here.</summary>
    public void Add(DamageMap other)
    {
        if (other.IsEmpty)
            return;
        for (int tile = 0; tile < _tiles.Length; tile++)
            _tiles[tile] |= other._tiles[tile];
        IsEmpty = false;
    }

    /// <summary>Nothing has changed.</summary>
    public void Clear()
    {
        Array.Clear(_tiles);
        IsEmpty = true;
    }

    /// <summary>True when a tile has changed already.</summary>
    public bool Contains(int column, int row) => _tiles[(row * _columns) + column];

    /// <summary>What has changed, as rectangles that do not overlap; then nothing has changed any more.</summary>
    public List<ScreenRectangle> Take()
    {
        List<ScreenRectangle> found = [];
        for (int row = 0; row * _columns < _tiles.Length; row++)
        {
            int y = row * TileHeight;
            int height = Math.Min(TileHeight, _height - y);
            for (int column = 0; column < _columns; column++)
            {
                if (!Contains(column, row))
                    continue;
                int start = column;
                while (column + 1 < _columns && Contains(column + 1, row))
                    column++;
                int x = start * TileWidth;
                var run = new ScreenRectangle(x, y, Math.Min((column + 1) * TileWidth, _width) - x, height);
                if (!TryExtend(found, run))
                    found.Add(run);
            }
        }

        Clear();
        return found;
    }

    // Adds a run to the rectangle that ends directly above it, if one is as wide. It is among those of the last two rows.
    private bool TryExtend(List<ScreenRectangle> found, ScreenRectangle run)
    {
        for (int i = found.Count - 1; i >= Math.Max(0, found.Count - (2 * _columns)); i--)
        {
            ScreenRectangle over = found[i];
            if (over.X != run.X || over.Width != run.Width || over.Y + over.Height != run.Y)
                continue;
            found.RemoveAt(i);
            found.Add(over with { Height = over.Height + run.Height });
            return true;
        }

        return false;
    }

    private static int Tiles(int length, int size) => (length + size - 1) / size;
}
