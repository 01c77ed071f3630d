package dev.imagefactory;

import org.jspecify.annotations.Nullable;

/**
 * A setting as it was given.
 *
 * @param name its name without {@code image-factory.}, with places in lists; for an
 * unknown one as it was written
 * @param key the setting that it is; null when we know none
 * @param value the text, with placeholders filled in
 * @param place where it was given, when that is known
 * @param variable whether it is an environment variable
 */
record GivenSetting(String name, @Nullable SettingKey key, String value, @Nullable String place, boolean variable) {

}
