package dev.weft.api.forward;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Links of a page behind the proxy")
class HtmlLinksTest {
    private static final String PREFIX = "/api/v1/namespaces/n/pods/p/proxy";

    private static String through(String page, int pieces) {
        HtmlLinks links = new HtmlLinks(PREFIX);
        ByteString bytes = ByteString.fromString(page);
        ByteString out = ByteString.emptyByteString();
        for (int from = 0; from < bytes.size(); from += pieces) {
            out = out.concat(links.take(bytes.slice(from, Math.min(bytes.size(), from + pieces))));
        }
        return out.concat(links.end()).utf8String();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("lead through it where they begin at the root, and else where they led before")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<a href=\"/x\">y</a> | <a href=\"P/x\">y</a>",
                "<A class=b HREF = '/x?y=/z'> | <A class=b HREF = 'P/x?y=/z'>",
                "<a href=\"/\"> | <a href=\"P/\">",
                "<form action='/a/b' method=post> | <form action='P/a/b' method=post>",
                "<img alt='/x' src=\"/i.png\"/> | <img alt='/x' src=\"P/i.png\"/>",
                "<a href=\"//cdn/x\"> | <a href=\"//cdn/x\">",
                "<a href=\"x\"><a href=\"#/x\"><a href=\"\"> | <a href=\"x\"><a href=\"#/x\"><a href=\"\">",
                "<a href=\"http://h/x\"> | <a href=\"http://h/x\">",
                "<a href=\"P/x\"> | <a href=\"P/x\">",
                "<a href=\"P\"> | <a href=\"P\">",
                "<a href=\"Px\"> | <a href=\"PPx\">",
                "<a href=\"/api/v1/x\"> | <a href=\"P/api/v1/x\">",
                "<!-- <a href=\"/x\"> --><a href=\"/x\"> | <!-- <a href=\"/x\"> --><a href=\"P/x\">",
                "<!DOCTYPE html><a href=\"/x\"> | <!DOCTYPE html><a href=\"P/x\">",
                "<script src=\"/s\">if (a<b) '<a href=\"/x\">' </scriptx></script><a href='/y'> | <script src=\"P/s\">if (a<b) '<a href=\"/x\">' </scriptx></script><a href='P/y'>",
                "a < b <a href='/ä'> | a < b <a href='P/ä'>",
                "<a data-href='/x' title=\"> href='/y'\"> | <a data-href='/x' title=\"> href='/y'\">",
                "<a href='/api/v1 | <a href='/api/v1",
            })
    void links(String page, String expected) {
        for (int pieces = 1; pieces <= page.length() + 1; pieces++) {
            assertThat(through(page.replace("P", PREFIX), pieces))
                    .as("in pieces of %d", pieces)
                    .isEqualTo(expected.replace("P", PREFIX));
        }
    }

    @Test
    @DisplayName("change nothing else of any text")
    void anything() {
        java.util.Random random = new java.util.Random(20261121);
        String characters = "<>!-/='\" \nabcäsrchef";
        for (int round = 0; round < 2_000; round++) {
            StringBuilder page = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                page.append(characters.charAt(random.nextInt(characters.length())));
            }
            assertThat(through(page.toString(), 1 + random.nextInt(5)).replace(PREFIX, ""))
                    .isEqualTo(page.toString());
        }
    }
}
