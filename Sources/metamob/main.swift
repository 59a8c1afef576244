import Commands
import Glibc

exit(await Commands.run(Array(CommandLine.arguments.dropFirst())))
