package dev.imagefactory.pipeline;

/** What an order asks for. */
public enum OrderKind {

	/** A new image from a commit. */
	BUILD,

	/** More tags for an image that is already published. */
	RETAG

}
