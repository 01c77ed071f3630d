# Runs one program where nothing of this host can be seen but the system's programs, the
# source (read-only) and one work folder. Arguments: source, work, program, its arguments.
# Runs as (possibly mapped) root in mount, pid and ipc namespaces of its own.
set -eu
source=$1 work=$2 program=$3
shift 3
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
mount --make-rprivate /
root=$work/jail
mkdir -p "$root" "$work/home" "$work/tmp"
mount -t tmpfs -o mode=755,size=16m jail "$root"
cd "$root"
mkdir -p dev/pts dev/shm etc/containers old proc run source sys tmp usr var/lib var/tmp work

# Without real root the host's files cannot be written anyway, and a mount may be locked.
read_only() {
	mount -o remount,bind,ro "$1" 2>/dev/null || [ -n "${_CONTAINERS_USERNS_CONFIGURED:-}" ]
}
show() {
	if [ -d "$1" ]; then mkdir -p ".$1"; else : > ".$1"; fi
	mount --rbind "$1" ".$1"
	read_only ".$1"
}
show /usr
for folder in /bin /sbin /lib /lib32 /lib64 /libx32; do
	if [ -L "$folder" ]; then cp -P "$folder" ".$folder"; elif [ -d "$folder" ]; then show "$folder"; fi
done
case $program in
	/usr/* | /bin/* | /sbin/*) ;;
	*) show "$(dirname "$program")" ;;
esac
# Only these of /etc: an administrator may keep secrets there.
for name in alternatives ca-certificates containers/certs.d containers/policy.json \
	containers/registries.conf.d group host.conf hosts ld.so.cache localtime nsswitch.conf passwd pki \
	protocols resolv.conf services ssl; do
	[ ! -e "/etc/$name" ] || [ "$name" = ssl ] || show "/etc/$name"
done
# Of ssl the public half.
for name in ssl/certs ssl/openssl.cnf ssl/cert.pem; do
	[ ! -e "/etc/$name" ] || { mkdir -p etc/ssl; show "/etc/$name"; }
done
# As in Docker, a short image name means Docker Hub, unless this host says something else.
{
	grep -qs '^[[:space:]]*unqualified-search-registries' /etc/containers/registries.conf /etc/containers/registries.conf.d/* ||
		echo 'unqualified-search-registries = ["docker.io"]'
	cat /etc/containers/registries.conf 2>/dev/null || true
} > etc/containers/registries.conf
# No disks here: a block device gives root every file of the host.
for name in full null random tty urandom zero; do
	: > "dev/$name"
	mount --bind "/dev/$name" "dev/$name"
done
mount -t tmpfs -o mode=1777,size=64m shm dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t proc proc proc
mount --bind "$source" source
read_only source
mount --bind "$work" work
mount --bind "$work/tmp" tmp
mount --bind "$work/tmp" var/tmp
pivot_root . old
cd /
umount -l /old
rmdir /old
export HOME=/work/home TMPDIR=/work/tmp PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
echo 'jail: ready'
exec "$program" "$@"
