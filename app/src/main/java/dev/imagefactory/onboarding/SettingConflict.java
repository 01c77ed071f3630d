package dev.imagefactory.onboarding;

/**
 * Something that is wrong between settings which are good one by one.
 *
 * @param key the setting to change, without {@code image-factory.}, such as
 * {@code teams[0].repositories[1].name}
 * @param problem what is wrong, naming the other setting
 */
public record SettingConflict(String key, String problem) {

}
