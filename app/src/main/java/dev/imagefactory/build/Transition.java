package dev.imagefactory.build;

/**
 * A change of a build together with the line it adds to the history; both are stored in
 * one transaction.
 *
 * @param build the changed build
 * @param entry the line
 */
public record Transition(Build build, HistoryEntry entry) {

}
