# Runs as a RUN instruction and looks for the service's secrets in every way we know.
# Arguments: the planted file, a daemon's socket. Writes what it found into /found.txt.
B=/bin/busybox
planted=$1 socket=$2
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

# Whoever reaches the socket of a container daemon is root on the host.
$B find / -xdev -type s 2>/dev/null | keep "socket"
for root in "" /proc/[0-9]*/root; do
	for name in "$socket" /run/docker.sock /var/run/docker.sock /run/podman/podman.sock; do
		[ ! -e "$root$name" ] || echo "$root$name" | keep "socket"
	done
done
echo "searched for sockets" >> /searched.txt

# A block device shows every file of the host.
for device in /dev/vd* /dev/sd* /dev/nvme* /dev/xvd* /dev/mapper/*; do
	[ ! -b "$device" ] || echo "$device" | keep "disk"
done

# The classic way out of a chroot: keep a folder open, chroot deeper, walk up from the folder.
# Where this is its own namespace's root already, the way leads nowhere.
own=$($B stat -c %d:%i /)
left=$($B sh -c 'exec 3</; exec /bin/busybox chroot /proc /'$$'/root/bin/busybox sh -c \
	"cd -P /self/fd/3/../../../../../../../../../../../.. && \
	[ \"\$(/'$$'/root/bin/busybox stat -c %d:%i .)\" != '$own' ] && echo yes && /'$$'/root/bin/busybox cat .'$planted'"' 2>/dev/null)
echo "left the chroot: ${left:-no}" >> /searched.txt
[ -z "$left" ] || echo "$left" | keep "chroot left"

# By hand, in case making device nodes or mounts is allowed.
while read -r major minor blocks name; do
	case $major in '' | *[!0-9]*) continue ;; esac
	$B rm -f /disk
	$B mknod /disk b "$major" "$minor" 2>/dev/null && $B head -c 1 /disk > /dev/null 2>&1 && echo "read $name" | keep "disk"
done < /proc/partitions
$B rm -f /disk
$B mkdir -p /mnt && $B mount -t proc proc /mnt 2>/dev/null && echo "mounted" | keep "mount"
$B nsenter -t 1 -m -- /bin/busybox true 2>/dev/null && echo "entered" | keep "namespace"
exit 0
