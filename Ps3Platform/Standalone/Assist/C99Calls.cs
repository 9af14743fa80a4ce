using System.Buffers;
using System.Text;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Protocol;
using Ps3Platform.Standalone.Assist.Text;

namespace Ps3Platform.Standalone.Assist;

/// <summary>The C library's streams (stop code 0x2100), served by the host's. Single-threaded, as the program is.</summary>
internal sealed class C99Calls(HostFiles files)
{
    private int _madeNames;

    private const int EndOfFile = -1;
    private const int Newline = '\n';

    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>The name of an operation, or null.</summary>
    public static string? NameOf(uint operation) => operation < Names.Length ? Names[operation] : null;

    private static readonly string?[] Names =
    [
        null, "clearerr", "fclose", "feof", "ferror", "fflush", "fgetc", "fgetpos", "fgets", "fileno", "fopen", "fputc", "fputs", "fread", "freopen",
        "fseek", "fsetpos", "ftell", "fwrite", "getc", "getchar", "gets", "perror", "putc", "putchar", "puts", "remove", "rename", "rewind", "setbuf",
        "setvbuf", "system", "tmpfile", "tmpnam", "ungetc", "vfprintf", "vfscanf", "vprintf", "vscanf", "vsnprintf", "vsprintf", "vsscanf",
    ];

    /// <summary>Serves a call.</summary>
    /// <returns>Null, or what is not implemented.</returns>
    public string? Serve(uint operation, AssistCall call)
    {
        string? name = NameOf(operation);
        switch (name)
        {
            case "vprintf":
                return Print(call, files.Output, format: 0);
            case "vfprintf":
                return Print(call, files.StreamOf(call.Word(0)), format: 1);
            case "vsprintf":
                return PrintInto(call, uint.MaxValue, format: 1);
            case "vsnprintf":
                return PrintInto(call, call.Word(1), format: 2);
            case "vscanf":
                return Scan(call, new StreamSource(files.Input), format: 0);
            case "vfscanf":
                return files.StreamOf(call.Word(0)) is { } stream ? Scan(call, new StreamSource(stream), format: 1) : Refuse(call);
            case "vsscanf":
                return Scan(call, new TextSource(call.Text(call.Word(0)).ToArray()), format: 1);
            case "putchar":
                Put(call, files.Output, [(byte)call.Word(0)], (byte)call.Word(0));
                return null;
            case "puts":
                Put(call, files.Output, [.. call.Text(call.Word(0)), Newline], 1);
                return null;
            case "getchar":
                call.Return(files.Input.Get());
                return null;
            case "gets":
                Gets(call, call.Word(0));
                return null;
            case "perror":
                Complain(call);
                return null;
            case "freopen":
                uint reopened = files.ReopenStream(call.Word(2), files.Resolve(call.FileName(call.Word(0))), call.Text(call.Word(1)), out int error);
                call.Return((int)reopened, error);
                return null;
            case "tmpnam":
                NameTemporary(call);
                return null;
            case "system":
                Command(call);
                return null;
            case "fopen":
                call.Return((int)files.OpenStream(files.Resolve(call.FileName(call.Word(0))), call.Text(call.Word(1)), out error), error);
                return null;
            case "tmpfile":
                call.Return((int)files.OpenTemporary(out error), error);
                return null;
            case "fclose":
                Answer(call, files.CloseStream(call.Word(0)), EndOfFile);
                return null;
            case "fflush":
                Answer(call, call.Word(0) == 0 ? files.FlushAll() : files.StreamOf(call.Word(0))?.Flush() ?? Errno.BadDescriptor, EndOfFile);
                return null;
            case "remove":
                string path = files.Resolve(call.FileName(call.Word(0)));
                Answer(call, Directory.Exists(path) ? Errno.Try(() => Directory.Delete(path), path) : HostFiles.Remove(path), -1);
                return null;
            case "rename":
                string from = files.Resolve(call.FileName(call.Word(0)));
                string to = files.Resolve(call.FileName(call.Word(1)));
                Answer(call, Errno.Try(() => Move(from, to), from), -1);
                return null;
            default:
                return name is null ? $"operation {operation}" : ServeStream(name, call) ? null : name;
        }
    }

    // Operations on one stream, which is the same parameter as in C.
    private bool ServeStream(string name, AssistCall call)
    {
        int parameter = name switch { "fread" or "fwrite" => 3, "fgets" => 2, "fputs" or "fputc" or "putc" or "ungetc" => 1, _ => 0 };
        bool isKnown = name is "clearerr" or "feof" or "ferror" or "fgetc" or "getc" or "fgets" or "fputc" or "putc" or "fputs" or "fread" or "fwrite"
            or "fseek" or "ftell" or "rewind" or "fgetpos" or "fsetpos" or "ungetc" or "setbuf" or "setvbuf" or "fileno";
        if (!isKnown)
            return false;
        if (files.StreamOf(call.Word(parameter)) is not { } stream)
        {
            Refuse(call);
            return true;
        }

        switch (name)
        {
            case "clearerr":
                stream.ClearErrors();
                call.Return(0);
                break;
            case "feof":
                call.Return(stream.AtEnd ? 1 : 0);
                break;
            case "ferror":
                call.Return(stream.HasFailed ? 1 : 0);
                break;
            case "fgetc" or "getc":
                call.Return(stream.Get());
                break;
            case "fgets":
                GetLine(call, stream);
                break;
            case "fputc" or "putc":
                Put(call, stream, [(byte)call.Word(0)], (byte)call.Word(0));
                break;
            case "fputs":
                Put(call, stream, call.Text(call.Word(0)), 1);
                break;
            case "fread" or "fwrite":
                Transfer(call, stream, isRead: name == "fread");
                break;
            case "fseek":
                Answer(call, stream.Seek(call.Int(1), call.Int(2)), -1);
                break;
            case "fsetpos":
                Answer(call, stream.Seek((long)call.ReadDoubleWord(call.Word(1)), 0), -1);
                break;
            case "ftell" or "fgetpos":
                Tell(call, stream, isPosition: name == "fgetpos");
                break;
            case "rewind":
                stream.Seek(0, 0);
                stream.ClearErrors();
                call.Return(0);
                break;
            case "ungetc":
                if (call.Int(0) >= 0)
                    stream.PushBack((byte)call.Word(0));
                call.Return(call.Int(0) >= 0 ? (byte)call.Word(0) : EndOfFile);
                break;
            case "fileno":
                call.Return(files.DescriptorOf(call.Word(0), out int error), error);
                break;
            default:
                // setbuf, setvbuf: buffering has no visible effect.
                call.Return(0);
                break;
        }

        return true;
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
    }

    // The program passes its errno as the second parameter, because this library has none of its own.
    private void Complain(AssistCall call)
    {
        ReadOnlySpan<byte> text = call.Word(0) == 0 ? [] : call.Text(call.Word(0));
        byte[] line = [.. text, .. text.IsEmpty ? ""u8 : ": "u8, .. Encoding.UTF8.GetBytes(Errno.TextOf(call.Int(1))), Newline];
        files.Error.Write(line);
        files.Error.Flush();
        call.Return(0);
    }

    private void NameTemporary(AssistCall call)
    {
        uint address = call.Word(0);
        // Without an address, C's function uses a buffer of the library, which would have to be in the program's local store.
        if (address == 0)
        {
            call.Return(0, Errno.Invalid);
            return;
        }

        string path;
        do
        {
            path = Path.Combine(Path.GetTempPath(), "file" + files.NewLetters(ref _madeNames));
        }
        while (Path.Exists(path));
        byte[] bytes = Encoding.UTF8.GetBytes(path + "\0");
        bytes.CopyTo(call.Buffer(address, (ulong)bytes.Length));
        call.Return((int)address);
    }

    // Runs a shell command after flushing the program's output. Returns a wait status: the exit code in bits 8 to 15.
    private void Command(AssistCall call)
    {
        const int NoShell = 127;
        if (call.Word(0) == 0)
        {
            call.Return(HostCommand.HasShell ? 1 : 0);
            return;
        }

        files.FlushAll();
        string command = call.FileName(call.Word(0));
        int code = NoShell;
        int error = Errno.Try(() => code = HostCommand.Run(command, files));
        call.Return(error == Errno.None ? code << 8 : -1, error);
    }

    private static void Answer(AssistCall call, int error, int failure) => call.Return(error == Errno.None ? 0 : failure, error);

    private static string? Refuse(AssistCall call)
    {
        call.Return(EndOfFile, Errno.BadDescriptor);
        return null;
    }

    private static void Put(AssistCall call, HostStream stream, ReadOnlySpan<byte> bytes, int value)
    {
        bool done = stream.Write(bytes);
        call.Return(done ? value : EndOfFile, done ? Errno.None : Errno.InputOutput);
    }

    private static void Transfer(AssistCall call, HostStream stream, bool isRead)
    {
        uint size = call.Word(1);
        Span<byte> buffer = call.Buffer(call.Word(0), (ulong)size * call.Word(2));
        int done = isRead ? stream.Read(buffer) : stream.Write(buffer) ? buffer.Length : 0;
        call.Return(size == 0 ? 0 : (int)((uint)done / size), stream.HasFailed ? Errno.InputOutput : Errno.None);
    }

    private static void Tell(AssistCall call, HostStream stream, bool isPosition)
    {
        if (!stream.CanSeek)
        {
            call.Return(-1, Errno.IllegalSeek);
            return;
        }

        if (isPosition)
            call.WriteDoubleWord(call.Word(1), (ulong)stream.Position);
        call.Return(isPosition ? 0 : (int)stream.Position);
    }

    private static void GetLine(AssistCall call, HostStream stream)
    {
        Span<byte> buffer = call.Buffer(call.Word(0), (ulong)Math.Max(0, call.Int(1)));
        int length = 0;
        while (length + 1 < buffer.Length)
        {
            int next = stream.Get();
            if (next < 0)
                break;
            buffer[length++] = (byte)next;
            if (next == Newline)
                break;
        }

        if (length > 0)
            buffer[length] = 0;
        call.Return(length > 0 ? call.Int(0) : 0);
    }

    private void Gets(AssistCall call, uint address)
    {
        Span<byte> buffer = call.Buffer(address, uint.MaxValue);
        int length = 0;
        int next = files.Input.Get();
        bool any = next >= 0;
        for (; next >= 0 && next != Newline && length + 1 < buffer.Length; next = files.Input.Get())
            buffer[length++] = (byte)next;
        if (any)
            buffer[length] = 0;
        call.Return(any ? (int)address : 0);
    }

    private string? Print(AssistCall call, HostStream? stream, int format)
    {
        if (stream is null)
            return Refuse(call);
        _text.ResetWrittenCount();
        var arguments = new VariableArguments(call, call.Word(format + 1), call.Word(format + 2));
        if (!Formatter.TryFormat(call, call.Word(format), arguments, _text, out string? trouble))
            return trouble;
        Put(call, stream, _text.WrittenSpan, _text.WrittenCount);
        return null;
    }

    private string? PrintInto(AssistCall call, uint size, int format)
    {
        _text.ResetWrittenCount();
        var arguments = new VariableArguments(call, call.Word(format + 1), call.Word(format + 2));
        if (!Formatter.TryFormat(call, call.Word(format), arguments, _text, out string? trouble))
            return trouble;
        Span<byte> buffer = call.Buffer(call.Word(0), size);
        if (!buffer.IsEmpty)
        {
            int kept = Math.Min(_text.WrittenCount, buffer.Length - 1);
            _text.WrittenSpan[..kept].CopyTo(buffer);
            buffer[kept] = 0;
        }

        call.Return(_text.WrittenCount);
        return null;
    }

    private static string? Scan(AssistCall call, ITextSource source, int format)
    {
        var arguments = new VariableArguments(call, call.Word(format + 1), call.Word(format + 2));
        ReadOnlySpan<byte> text = call.Text(call.Word(format));
        int assigned = new Scanner(source).Scan(call, text, ref arguments, out bool isKnown);
        if (!isKnown)
            return $"a conversion of the scanf format \"{Encoding.Latin1.GetString(text)}\"";
        call.Return(assigned);
        return null;
    }
}
