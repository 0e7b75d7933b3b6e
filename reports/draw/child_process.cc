#include "draw/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

extern char** environ;  // NOLINT: what POSIX calls the child's environment

namespace weir::reports {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void reset(int fd) {
    close();
    fd_ = fd;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// One socket carries both directions: writing to a child that is gone is then an error code, not a signal.
bool make_sockets(Descriptor& ours, Descriptor& theirs) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  ours.reset(ends[0]);
  theirs.reset(ends[1]);
  return fcntl(ours.get(), F_SETFL, O_NONBLOCK) == 0;
}

// -1 when it could not be started.
pid_t start(const std::vector<std::string>& command, int socket) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

int milliseconds_left(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1 << 30));
}

class Exchange {
 public:
  Exchange(int socket, std::string_view input) : socket_(socket), input_(input) {}

  // False when the deadline came first.
  bool run(Clock::time_point deadline, std::string& output) {
    while (true) {
      pollfd watched{socket_, static_cast<short>(POLLIN | (input_.empty() ? 0 : POLLOUT)), 0};
      const int ready = poll(&watched, 1, milliseconds_left(deadline));
      if (ready == 0) return false;
      if (ready < 0 && errno != EINTR) return true;
      if (ready <= 0) continue;
      if ((watched.revents & POLLOUT) != 0) send_some();
      if ((watched.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive_some(output)) return true;
    }
  }
  void close_if_nothing_to_send() {
    if (input_.empty()) shutdown(socket_, SHUT_WR);
  }

 private:
  void send_some() {
    const ssize_t sent = send(socket_, input_.data(), input_.size(), MSG_NOSIGNAL);
    if (sent > 0) input_.remove_prefix(static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN && errno != EINTR) input_ = {};
    close_if_nothing_to_send();
  }
  // False at the end of the child's output.
  bool receive_some(std::string& output) {
    std::array<char, 16'384> buffer;
    const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
    if (got > 0) output.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
  }
  int socket_;
  std::string_view input_;
};

// Waits for a child that closed its output but may not have ended yet.
bool wait_until(pid_t child, Clock::time_point deadline, int& status) {
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline) return false;
    poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace

ChildOutput run_child(const std::vector<std::string>& command, const std::string& input,
                      std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  Descriptor ours;
  Descriptor theirs;
  if (!make_sockets(ours, theirs)) return {};
  const pid_t child = start(command, theirs.get());
  theirs.close();
  if (child < 0) return {};
  ChildOutput result;
  Exchange exchange(ours.get(), input);
  exchange.close_if_nothing_to_send();
  int status = 0;
  if (!exchange.run(deadline, result.output) || !wait_until(child, deadline, status)) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return {ChildEnding::TimedOut, ""};
  }
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const bool missing = WIFEXITED(status) && WEXITSTATUS(status) == 127;  // what exec failures look like after the fork
  result.ending = well ? ChildEnding::Succeeded : missing ? ChildEnding::NotStarted : ChildEnding::Failed;
  if (!well) result.output.clear();
  return result;
}

}  // namespace weir::reports
