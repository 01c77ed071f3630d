package dev.imagefactory.git;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/** Writes tree objects that git itself would not write. */
public final class RawTree {

	private RawTree() {
	}

	/**
	 * A tree with one object under several names.
	 * @param type the object's type, as in {@link Constants}
	 * @param object the object
	 * @param names the names, in any order
	 * @return the bytes of the tree object
	 */
	public static byte[] of(int type, ObjectId object, String... names) {
		ByteArrayOutputStream tree = new ByteArrayOutputStream();
		for (String name : names) {
			String mode = switch (type) {
				case Constants.OBJ_TREE -> "40000";
				case Constants.OBJ_COMMIT -> "160000";
				default -> "100644";
			};
			entry(tree, mode, name, object);
		}
		return tree.toByteArray();
	}

	/**
	 * A tree with a symlink and a folder of the same name.
	 * @param name the name of both
	 * @param target the blob with the link's target
	 * @param folder the folder's tree
	 * @return the bytes of the tree object
	 */
	public static byte[] linkAndFolder(String name, ObjectId target, ObjectId folder) {
		ByteArrayOutputStream tree = new ByteArrayOutputStream();
		entry(tree, "120000", name, target);
		entry(tree, "40000", name, folder);
		return tree.toByteArray();
	}

	private static void entry(ByteArrayOutputStream tree, String mode, String name, ObjectId object) {
		tree.writeBytes((mode + " " + name + "\0").getBytes(StandardCharsets.UTF_8));
		byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
		object.copyRawTo(id, 0);
		tree.writeBytes(id);
	}

}
