# Runs as a RUN instruction and looks for the service's secrets in every way we know.
# Argument: the planted file. Writes what it found into /found.txt.
B=/bin/busybox
planted=$1
: > /found.txt
keep() { while read -r line; do echo "$1: $line" >> /found.txt; done; }

$B find / -xdev -name admin-token 2>/dev/null | keep "file"
$B cat "$planted" 2>/dev/null | keep "planted path"
echo "searched the files" >> /searched.txt

for process in /proc/[0-9]*; do
	$B tr '\0' '\n' 2>/dev/null < "$process/environ" | $B grep PLANTED_SECRET | keep "environment of $process"
	$B cat "$process/root$planted" 2>/dev/null | keep "root of $process"
	$B cat "$process/cwd/admin-token" 2>/dev/null | keep "cwd of $process"
	$B tr '\0' ' ' 2>/dev/null < "$process/cmdline" | $B grep 'sleep 61' | keep "command of $process"
done
echo "searched the processes" >> /searched.txt

# A block device shows every file of the host.
for device in /dev/vd* /dev/sd* /dev/nvme* /dev/xvd* /dev/mapper/*; do
	[ ! -b "$device" ] || echo "$device" | keep "disk"
done

# The classic way out of a chroot: keep a folder open, chroot deeper, walk up from the folder.
left=$($B sh -c 'exec 3</; exec /bin/busybox chroot /proc /'$$'/root/bin/busybox sh -c \
	"cd -P /self/fd/3/../../../../../../../../../../../.. && echo yes && /'$$'/root/bin/busybox cat .'$planted'"' 2>/dev/null)
echo "left the chroot: ${left:-no}" >> /searched.txt
[ -z "$left" ] || echo "$left" | keep "chroot left"

# By hand, in case making device nodes or mounts is allowed.
$B mknod /disk b 254 0 2>/dev/null && echo "made a device node" | keep "disk"
$B mkdir -p /mnt && $B mount -t proc proc /mnt 2>/dev/null && echo "mounted" | keep "mount"
$B nsenter -t 1 -m -- /bin/busybox true 2>/dev/null && echo "entered" | keep "namespace"
exit 0
