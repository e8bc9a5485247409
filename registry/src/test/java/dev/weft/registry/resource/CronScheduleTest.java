package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the schedule of a CronJob")
class CronScheduleTest {
    private static List<FieldError> faults(String schedule) {
        List<FieldError> faults = new ArrayList<>();
        CronSchedule.validate(schedule, faults);
        return faults;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * *",
                "0 0 1 1 0",
                "59 23 31 12 6",
                "*/5 0-6/2 1,15 JAN-Mar mon-FRI",
                "? 1 ? * 3",
                "@daily",
                "@every 5m",
                " 1  2 3 4 5 "
            })
    @DisplayName("may be this")
    void valid(String schedule) {
        assertThat(faults(schedule)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bogus|expected exactly 5 fields, found 1: [bogus]",
                "99 * * * *|end of range (99) above maximum (59): 99",
                "* * 0 * *|beginning of range (0) below minimum (1): 0",
                "5-2 * * * *|beginning of range (5) beyond end of range (2): 5-2",
                "*/0 * * * *|step of range should be a positive number: */0",
                "1-2-3 * * * *|too many hyphens: 1-2-3",
                "1/2/3 * * * *|too many slashes: 1/2/3",
                "x * * * *|failed to parse int from x",
                "@sometimes|unrecognized descriptor: @sometimes"
            })
    @DisplayName("may not be that, and it is said why")
    void invalid(String schedule, String why) {
        assertThat(faults(schedule))
                .singleElement()
                .extracting(FieldError::message)
                .asString()
                .endsWith(": " + why);
    }
}
