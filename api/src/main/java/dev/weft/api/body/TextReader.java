package dev.weft.api.body;

import java.io.Reader;
import java.util.List;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * A text that is in memory already, for SnakeYAML's scanner: its own reader copies all that it has of a scalar for each
 * kilobyte more, which costs the square of the length, and remembers the place of every word.
 */
final class TextReader extends StreamReader {
    private static final String NAME = "body";
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    /** Of places nothing is told but a message's first line, so one does for all. */
    private static final Mark SOMEWHERE = new Mark(NAME, 0, 0, 0, new int[0], 0);

    /** Much of a text is read letter by letter. */
    private static final List<String> LETTERS =
            IntStream.range(0, 128).mapToObj(Character::toString).toList();

    private final int[] text;
    private int at;
    private int line;
    private int column;
    private int documentStart;

    /** @throws ReaderException where a character is none that YAML allows */
    TextReader(String text) {
        super(Reader.nullReader());
        this.text = text.codePoints().toArray();
        for (int i = 0; i < this.text.length; i++) {
            if (!isPrintable(this.text[i])) {
                throw new ReaderException(NAME, i, this.text[i], "special characters are not allowed");
            }
        }
    }

    @Override
    public Mark getMark() {
        return SOMEWHERE;
    }

    @Override
    public void forward() {
        forward(1);
    }

    @Override
    public void forward(int length) {
        for (int i = 0; i < length && at < text.length; i++) {
            int c = text[at++];
            if (endsLine(c)) {
                line++;
                column = 0;
            } else if (c != BYTE_ORDER_MARK) {
                column++;
            }
        }
    }

    /** Whether a line ends here, where {@code c} has just been passed; of two characters that end one, the second counts. */
    private boolean endsLine(int c) {
        return switch (c) {
            case '\n', '\u0085', '\u2028', '\u2029' -> true;
            case '\r' -> at < text.length && text[at] != '\n';
            default -> false;
        };
    }

    @Override
    public int peek() {
        return peek(0);
    }

    @Override
    public int peek(int index) {
        return at + index < text.length ? text[at + index] : 0;
    }

    @Override
    public String prefix(int length) {
        int there = Math.min(length, text.length - at);
        return there == 1 && text[at] < LETTERS.size() ? LETTERS.get(text[at]) : new String(text, at, there);
    }

    @Override
    public String prefixForward(int length) {
        String prefix = prefix(length);
        at += Math.min(length, text.length - at);
        column += length;
        return prefix;
    }

    @Override
    public int getColumn() {
        return column;
    }

    @Override
    public int getIndex() {
        return at;
    }

    @Override
    public int getDocumentIndex() {
        return at - documentStart;
    }

    @Override
    public void resetDocumentIndex() {
        documentStart = at;
    }

    @Override
    public int getLine() {
        return line;
    }
}
